import { setTimeout as sleep } from "node:timers/promises";
import type { BullWorker } from "./bull-worker.ts";

/** With no job in our hands BullMQ has at most an answer to write; longer than this and its backend is gone. */
const SETTLE_MS = 1_000;
const POLL_MS = 20;
const LET_GO_MS = 1_000;

/**
 * BullMQ's own close has no time-out and hangs when its backend is gone, and one that was begun gently can't be forced any more. So: stop
 * fetching, wait for the loop to end within the grace, then force. Never rejects.
 */
export async function closeWorker(worker: BullWorker, jobsDone: () => Promise<void>, graceMs: number): Promise<void> {
  const over = new AbortController();
  const within = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  const settled = async () => {
    await jobsDone();
    await within(SETTLE_MS);
  };
  await worker.pause(true);
  worker
    .getBackend()
    .disconnectBlocking()
    .catch(() => {}); // ends the wait of an idle worker for the next job
  await Promise.race([loopEnded(worker, over.signal), settled(), within(graceMs)]);
  await Promise.race([worker.close(true).catch(() => {}), within(LET_GO_MS)]);
  over.abort();
}

async function loopEnded(worker: BullWorker, signal: AbortSignal): Promise<void> {
  while (worker.isRunning() && !signal.aborted) await sleep(POLL_MS);
}
