import type { Ledger } from "@receiver/ledger";
import type { Logger, Metrics, ReceiverError } from "@receiver/runtime";
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

/** Whether every other file would fail as well. What says when to come back is missing for one file alone, as it is for one job. */
export const failsAll = ({ infrastructure, retryInMs }: ReceiverError): boolean => infrastructure && retryInMs === null;
