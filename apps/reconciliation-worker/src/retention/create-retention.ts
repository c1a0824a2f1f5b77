import type { Ledger, RetentionPolicy } from "@receiver/ledger";
import { type Logger, type Metrics, toReceiverError } from "@receiver/runtime";

type RetentionTools = {
  ledger: Pick<Ledger, "retention">;
  logger: Logger;
  metrics: Metrics;
  /** Ends a run after its batch. */
  stopping: AbortSignal;
};

/** Of 500 rows each: a backlog of years is worked off over some hours, not in one go beside everybody else's work. */
const BATCHES_PER_RUN = 100;

/**
 * One run of retention, safe from several processes at once. Never rejects: what fails is logged, and the next run goes on.
 */
export function createRetention(tools: RetentionTools, policy: RetentionPolicy): () => Promise<void> {
  const { ledger, logger, metrics, stopping } = tools;
  const count = metrics.counter({
    name: "receiver_retention_erased_total",
    help: "What had been kept long enough and was erased, by kind",
    labels: ["kind"],
  });
  const { operationalDays, evidenceYears } = policy;
  const by = { actor: "retention", reason: `RETENTION=on: ${operationalDays} days, ${evidenceYears} years` };
  return async () => {
    try {
      const order = { policy, by, now: new Date(), maxBatches: BATCHES_PER_RUN, stopping };
      const { erased } = await ledger.retention.run({ ...order, told: (kind, erased) => count({ kind }, erased) });
      for (const [kind, number] of Object.entries(erased))
        if (number > 0) logger.info({ event: "retention-erased", kind, count: number });
    } catch (thrown) {
      logger.warn({ event: "retention-failed", err: toReceiverError(thrown) });
    }
  };
}
