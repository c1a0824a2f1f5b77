import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { chooseBackend } from "../src/index.ts";

export type Sources = Parameters<typeof chooseBackend>[0];

export function forkQueueProcess(task: "hold-a-job" | "come-and-go", sources: Sources): ChildProcess {
  return fork(new URL("./queue-process.ts", import.meta.url), [task, JSON.stringify(sources)]);
}

/** Its next message; rejects when it ends without one. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the process ended")));
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}

export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
