import type { Ledger } from "@receiver/ledger";
import { type Logger, type Metrics, toReceiverError } from "@receiver/runtime";
import type { Tell } from "@receiver/worker";

/** What looking at the clock works with. */
export type ClockTools = {
  ledger: Pick<Ledger, "notices" | "releases" | "stalls">;
  tell: Tell;
  logger: Logger;
  metrics: Metrics;
  now(): Date;
  /** Ends a look early. */
  stopping: AbortSignal;
};

/** Files looked up at once; each is then a transaction of its own. */
export const PAGE_SIZE = 200;

/**
 * For a file that fails: says so, and holds up no other.
 * @throws what every other file would fail with as well. What says when to come back is missing for one file alone, as it is for one job.
 */
export const failedAlone =
  (logger: Logger, event: string) =>
  (thrown: unknown): void => {
    const error = toReceiverError(thrown);
    if (error.infrastructure && error.retryInMs === null) throw error;
    logger.error({ event, err: error });
  };
