import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { startGuard } from "@receiver/local-services";
import { inherited } from "./inherited.ts";

const START_LIMIT_MS = 30_000; // an app starts in about a second; a loaded machine takes longer

type ListeningApp = "ingress" | "ops";
export type AppName = ListeningApp | "status-worker" | "retry-worker" | "notification-worker" | "reconciliation-worker";
export type AppExit = { code: number | null; signal: NodeJS.Signals | null };

export type SpawnedApp<Name extends AppName = AppName> = {
  pid: number;
  /** Where the app itself listens; the workers don't. */
  url: Name extends ListeningApp ? string : undefined;
  metricsUrl: string;
  /** Lines of its standard output and error, in order of arrival; grows while it runs. */
  logs: readonly string[];
  /** Sends the signal and resolves when the process has ended; "SIGSTOP" and "SIGCONT" resolve at once. */
  kill(signal: NodeJS.Signals): Promise<AppExit | undefined>;
  exited: Promise<AppExit>;
};

export type SpawnOptions = {
  /** Is given each line of its output as it comes: who keeps them in a file has those of a start that failed, too. */
  heard?: (line: string) => void;
  readyWithinMs?: number;
  /** Aborted: it is killed, whether it is up already or not. */
  signal?: AbortSignal;
};

/**
 * Starts `apps/<name>/src/main.ts` as a process of its own and resolves when it says that it is up; every port that `env`
 * doesn't name is a free one. Rejects with its output when it ends or says nothing. It ends with the test's process.
 */
export async function spawnApp<Name extends AppName>(
  name: Name,
  env: NodeJS.ProcessEnv,
  { heard, readyWithinMs = START_LIMIT_MS, signal }: SpawnOptions = {},
): Promise<SpawnedApp<Name>> {
  const child = fork(fileURLToPath(new URL(`../../../apps/${name}/src/main.ts`, import.meta.url)), [], {
    env: { ...inherited(), PORT: "0", OPS_PORT: "0", METRICS_PORT: "0", ...env },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...(signal && { signal, killSignal: "SIGKILL" }),
  });
  const logs: string[] = [];
  const hear = (line: string) => {
    logs.push(line);
    heard?.(line);
  };
  for (const output of [child.stdout, child.stderr]) eachLine(output, hear);
  const guard = startGuard({ first: "SIGTERM", last: "SIGKILL", patienceMs: 2_000 });
  guard.watch(child.pid ?? null);
  const exited = new Promise<AppExit>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
  void exited.then(guard.dismiss);
  const urls = await untilReady(name, { child, exited, logs, readyWithinMs });
  return { pid: child.pid ?? 0, ...urls, logs, exited, kill: (name) => send(child, exited, name) };
}

type Urls<Name extends AppName> = Pick<SpawnedApp<Name>, "url" | "metricsUrl">;

type Starting = { child: ChildProcess; exited: Promise<AppExit>; logs: string[]; readyWithinMs: number };

async function untilReady<Name extends AppName>(
  name: Name,
  { child, exited, logs, readyWithinMs }: Starting,
): Promise<Urls<Name>> {
  const { promise, resolve, reject } = Promise.withResolvers<Urls<Name>>();
  const fail = (what: string) => reject(new Error(`${name} ${what}\n${logs.join("\n")}`));
  const timer = setTimeout(() => fail(`is not ready after ${readyWithinMs / 1_000} s`), readyWithinMs);
  void exited.then(({ code, signal }) => fail(`ended with ${code ?? signal} before it was ready`));
  child.on("message", (message: { ready?: boolean } & Urls<Name>) => {
    if (message.ready) resolve({ url: message.url, metricsUrl: message.metricsUrl });
  });
  try {
    return await promise;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function send(
  child: ChildProcess,
  exited: Promise<AppExit>,
  signal: NodeJS.Signals,
): Promise<AppExit | undefined> {
  child.kill(signal);
  return signal === "SIGSTOP" || signal === "SIGCONT" ? undefined : exited;
}

function eachLine(output: Readable | null, hear: (line: string) => void): void {
  if (output) createInterface({ input: output }).on("line", hear);
}
