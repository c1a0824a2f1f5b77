import { setTimeout as delay } from "node:timers/promises";
import type { RunningServer } from "./run-server.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export type KeptServer = {
  stop(): Promise<void>;
  /** Kills the server without notice and resolves when it answers again. */
  restart(): Promise<void>;
};

/**
 * Starts a server and starts it again, with growing pauses, whenever it ends by itself. The first failure is the
 * caller's; later ones are said and tried again.
 *
 * States: running → (ended) → coming back → running; any → (stop) → stopped.
 */
export async function keepRunning(
  name: string,
  start: () => Promise<RunningServer>,
  log: (line: string) => void,
): Promise<KeptServer> {
  const stopping = new AbortController();
  let running = watched(start());
  await running;

  /** The watch is attached before anyone else holds the server: whoever awaits its end finds the next one under way. */
  function watched(starting: Promise<RunningServer | null>): Promise<RunningServer | null> {
    return starting.then((server) => {
      void server?.exited.then(comeBack);
      return server;
    });
  }

  function comeBack(): void {
    if (stopping.signal.aborted) return;
    log(`${name} ended: starting it again`);
    running = watched(startAgain());
  }

  async function startAgain(): Promise<RunningServer | null> {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await start();
      } catch (error) {
        log(`${name}: ${String(error)}`);
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    return null;
  }

  return {
    async stop() {
      stopping.abort();
      await (await running)?.stop();
    },
    async restart() {
      const before = await running;
      before?.crash();
      await before?.exited;
      await running;
    },
  };
}
