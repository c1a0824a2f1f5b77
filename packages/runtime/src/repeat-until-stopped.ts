import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does `work`, pauses, does it again, until `stopping` is aborted: two runs never overlap. Resolves when the last run has
 * ended; rejects with what `work` throws.
 */
export async function repeatUntilStopped(
  work: () => Promise<void>,
  { pauseMs, stopping }: { pauseMs: number; stopping: AbortSignal },
): Promise<void> {
  while (!stopping.aborted) {
    await work();
    await sleep(pauseMs, undefined, { signal: stopping }).catch(() => {}); // only the signal ends it early
  }
}
