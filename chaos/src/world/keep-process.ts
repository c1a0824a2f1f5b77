import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type AppName, type SpawnedApp, spawnApp } from "@receiver/testing/processes";

export type KeptProcess = {
  /** Where it listened last; a killed one keeps its address. */
  url(): string | undefined;
  /** Resolves when it is up, however many starts that takes. */
  start(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** For good. */
  stop(): Promise<void>;
};

export type ProcessOptions = {
  app: AppName;
  name: string;
  env: NodeJS.ProcessEnv;
  /** Where its output goes, in a file of its name. */
  logs: string;
  /** An end that nobody asked for. The process is started again. */
  endedByItself(what: string): void;
};

const BETWEEN_STARTS_MS = 250;
/** Postgres may be away, and the machine be at its limit: to start again and again would keep it there. */
const READY_WITHIN_MS = 300_000;

/**
 * A process of the product that an orchestrator looks after.
 *
 * States: down → (start) → up ⇄ (freeze, thaw) frozen; up, frozen → (kill) → down; any → (stop) → stopped.
 */
export function keepProcess({ app, name, env, logs, endedByItself }: ProcessOptions): KeptProcess {
  const write = (line: string) => appendFileSync(join(logs, `${name}.log`), `${line}\n`);
  let running: SpawnedApp | null = null;
  let starting: Promise<void> | null = null;
  let url: string | undefined;
  const stopping = new AbortController();

  const startOnce = async () => {
    // The same address again: Danaya knows no other.
    const port = url === undefined ? {} : { [app === "ops" ? "OPS_PORT" : "PORT"]: new URL(url).port };
    const started: SpawnedApp = await spawnApp(
      app,
      { ...env, ...port },
      {
        ...{ heard: write, readyWithinMs: READY_WITHIN_MS, signal: stopping.signal },
      },
    );
    running = started;
    url = started.url;
    void started.exited.then(({ code, signal }) => {
      if (running !== started) return; // we killed it
      running = null;
      if (stopping.signal.aborted) return;
      endedByItself(`${name} ended with ${signal ?? `code ${code}`}`);
      void start();
    });
  };

  const startUntilUp = async () => {
    while (!stopping.signal.aborted && running === null) {
      await startOnce().catch(async (error: unknown) => {
        const what = `${name} did not start: ${String(error).split("\n", 1)[0]}`;
        write(`chaos: ${what}`);
        if (!stopping.signal.aborted) endedByItself(what);
        await pause(BETWEEN_STARTS_MS);
      });
    }
  };
  const start = (): Promise<void> => {
    starting ??= startUntilUp().finally(() => {
      starting = null;
    });
    return starting;
  };

  const kill = async () => {
    const killed = running;
    running = null;
    await killed?.kill("SIGKILL");
  };

  return {
    url: () => url,
    start,
    kill,
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
    async stop() {
      stopping.abort();
      await starting;
      await kill();
    },
  };
}
