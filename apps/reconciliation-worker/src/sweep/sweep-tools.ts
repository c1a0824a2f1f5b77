import type { Ledger, SweptKind } from "@receiver/ledger";
import type { Producer } from "@receiver/queues";
import type { Logger, Metrics } from "@receiver/runtime";

/** What every step of a sweep works with. */
export type SweepTools = {
  ledger: Ledger;
  producer: Producer;
  logger: Logger;
  metrics: Metrics;
  /** Ends a sweep early. */
  stopping: AbortSignal;
};

export const sweptKinds = ["deliveries", "notifications", "follow-ups"] as const satisfies SweptKind[];
