import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { App } from "./options.ts";

const readyMessage = z.object({ ready: z.literal(true), url: z.string().optional(), metricsUrl: z.string() });
type Ready = z.output<typeof readyMessage>;

export type Supervised = { ready: Promise<Ready>; stop(): Promise<void> };

export type SuperviseOptions = {
  app: App;
  name: string;
  env: NodeJS.ProcessEnv;
  /** Where its log goes: an open file. Left out: to our own output. */
  log?: number | undefined;
  say(line: string): void;
};

const RESTART_BASE_MS = 500;
const RESTART_CAP_MS = 30_000;
/** A process that lived this long had recovered: the next death begins with the shortest pause again. */
const RECOVERED_AFTER_MS = 60_000;
/** Longer than an app's own grace (STOP_GRACE, 10 s): it ends by itself first. */
const KILL_AFTER_MS = 15_000;

/**
 * Keeps one process of an app running.
 *
 * States: starting → up → (died → waiting → starting)* → stopping. A process that dies before it was ever up is not started
 * again: its configuration or its port won't get better by trying.
 */
export function supervise(options: SuperviseOptions): Supervised {
  const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>();
  const stopping = new AbortController();
  let child: ChildProcess | null = null;

  const runOnce = async (): Promise<{ wasUp: boolean; code: number | null; signal: string | null }> => {
    let wasUp = false;
    const running = forkApp(options);
    child = running;
    running.on("message", (message) => {
      const parsed = readyMessage.safeParse(message);
      if (!parsed.success) return;
      wasUp = true;
      resolve(parsed.data);
    });
    const { code, signal } = await exitOf(running);
    child = null;
    return { wasUp, code, signal };
  };

  const run = async (): Promise<void> => {
    let deaths = 0;
    let everUp = false;
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      const { wasUp, code, signal } = await runOnce();
      if (stopping.signal.aborted) return;
      everUp ||= wasUp;
      if (!everUp)
        return reject(
          new Error(`${options.name} ended with ${signal ?? `code ${code}`} before it was up; its output is above`),
        );
      deaths = Date.now() - startedAt > RECOVERED_AFTER_MS ? 1 : deaths + 1;
      const delayMs = Math.min(RESTART_CAP_MS, RESTART_BASE_MS * 2 ** (deaths - 1));
      options.say(`${options.name} ended with ${signal ?? `code ${code}`}; starting it again in ${delayMs / 1_000} s`);
      await pause(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = run();

  return {
    ready,
    stop: async () => {
      ready.catch(() => undefined);
      stopping.abort();
      child?.kill("SIGTERM");
      const killer = setTimeout(() => child?.kill("SIGKILL"), KILL_AFTER_MS);
      await done;
      clearTimeout(killer);
      reject(new Error(`${options.name} was stopped before it was up`));
    },
  };
}

/** Detached: Ctrl-C reaches this process alone, which stops the apps in their order. They end by themselves should it die. */
function forkApp({ app, env, log }: SuperviseOptions): ChildProcess {
  const main = fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));
  return fork(main, [], {
    env,
    execArgv: [],
    detached: true,
    stdio: ["ignore", log ?? "inherit", log ?? "inherit", "ipc"],
  });
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: "an error at its start" }));
  });
}
