import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Guard } from "../guard.ts";
import { type EndSignals, systemPath } from "./processes.ts";
import { forgetRun, recordRun } from "./run-record.ts";

const START_LIMIT_MS = 120_000; // recovery after a crash reads the whole log of changes
const LOOK_EVERY_MS = 20;
const LINES_QUOTED = 12;

export type ServerPlan = {
  name: string;
  command: string;
  args: string[];
  /** Holds the record of the run and the server's log. */
  folder: string;
  /** Part of the command line, by which a later start recognises this server. */
  mark: string;
  /** Who runs it; null: this process's own user. */
  account: { uid: number; gid: number } | null;
  signals: EndSignals;
  /** Rejects while the server doesn't answer yet. */
  ask(): Promise<unknown>;
};

/** `crash` sends the last of the signals at once. */
export type RunningServer = { exited: Promise<void>; stop(): Promise<void>; crash(): void };

/**
 * Starts the server in a session of its own, so that Ctrl-C in a terminal doesn't end it before those who use it.
 * Resolves when it answers; rejects with the end of its log when it ends before.
 */
export async function runServer(plan: ServerPlan, guard: Guard): Promise<RunningServer> {
  const logFile = join(plan.folder, "server.log");
  const { child, pid } = await spawnDetached(plan, logFile);
  guard.watch(pid);
  const exited = once(child, "exit").then(() => guard.watch(null));
  const server = {
    exited,
    stop: () => endChild(child, exited, plan),
    crash: () => void child.kill(plan.signals.last),
  };
  try {
    await recordRun(plan.folder, pid, plan.mark);
    await untilItAnswers(plan, exited);
    return server;
  } catch (error) {
    await server.stop();
    throw new Error(`${plan.name} did not start (${String(error)})\n${await endOf(logFile)}`);
  }
}

async function spawnDetached(plan: ServerPlan, logFile: string): Promise<{ child: ChildProcess; pid: number }> {
  const log = openSync(logFile, "w", 0o600); // of the last run only: it doesn't grow for ever
  const child = spawn(plan.command, plan.args, {
    ...plan.account,
    cwd: "/",
    detached: true,
    env: { PATH: systemPath(), LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    throw error;
  }
  child.unref(); // the server is no reason for its parent to stay
  return { child, pid: child.pid };
}

async function endChild(child: ChildProcess, exited: Promise<void>, plan: ServerPlan): Promise<void> {
  child.ref();
  child.kill(plan.signals.first);
  const patience = setTimeout(() => child.kill(plan.signals.last), plan.signals.patienceMs);
  await exited;
  clearTimeout(patience);
  await forgetRun(plan.folder);
}

async function untilItAnswers(plan: ServerPlan, exited: Promise<void>): Promise<void> {
  const ended = exited.then(() => {
    throw new Error("it ended at once");
  });
  const giveUpAt = Date.now() + START_LIMIT_MS;
  for (;;) {
    const refusal = await Promise.race([ended, refusalOf(plan)]);
    if (refusal === null) return;
    if (Date.now() > giveUpAt) throw refusal;
    await delay(LOOK_EVERY_MS);
  }
}

async function refusalOf(plan: ServerPlan): Promise<unknown> {
  try {
    await plan.ask();
    return null;
  } catch (error) {
    return error;
  }
}

async function endOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  return log.trimEnd().split("\n").slice(-LINES_QUOTED).join("\n");
}
