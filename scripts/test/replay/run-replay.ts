import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("../../src/replay.ts", import.meta.url));

export type Ended = { code: number | null; out: string; err: string };

/** The command as a process; it knows of no `npm start` unless `env` says so. */
export function startReplay(env: NodeJS.ProcessEnv, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: "/nowhere", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const ended = once(child, "close").then(async ([code]) => ({ code, out: await out, err: await err }) as Ended);
  return { child, ended };
}
