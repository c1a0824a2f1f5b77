import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "@receiver/ledger";
import { type Logger, ReceiverError, toReceiverError } from "@receiver/runtime";

/** Soon after the database or its migration is there; three statements a second load nothing. */
const PAUSE_MS = 300;

/**
 * Resolves when the ledger answers with the schema of this version: a job taken earlier would fail for no fault of its
 * own, and use up its attempts on missing tables.
 * @throws ReceiverError SCHEMA_AHEAD, which no waiting cures, or STOPPING
 */
export async function awaitLedger(
  ledger: Pick<Ledger, "expectSchema">,
  { logger, stopping }: { logger: Logger; stopping: AbortSignal },
): Promise<void> {
  let told: string | null = null;
  while (!stopping.aborted) {
    const error = await failureOf(() => ledger.expectSchema());
    if (error === null) return;
    if (!error.retryable) throw error;
    if (error.code !== told) logger.warn({ event: "ledger-awaited", err: error });
    told = error.code;
    await sleep(PAUSE_MS, undefined, { signal: stopping }).catch(() => {}); // only the signal ends it early
  }
  throw new ReceiverError("STOPPING");
}

async function failureOf(check: () => Promise<void>): Promise<ReceiverError | null> {
  try {
    await check();
    return null;
  } catch (thrown) {
    return toReceiverError(thrown);
  }
}
