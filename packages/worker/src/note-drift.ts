import type { DriftSighting, Ledger } from "@receiver/ledger";
import { createGroupCommit, type Logger, type Metrics, ReceiverError, toReceiverError } from "@receiver/runtime";

/**
 * Counts what an applied delivery bore that the contract doesn't know, and tells the log of each name that is new. Never rejects: a
 * count that can't be written is lost, and the delivery stays applied.
 */
export type NoteDrift = (sighted: readonly DriftSighting[]) => Promise<void>;

/** One statement at a time: a new field of every message would otherwise have all jobs wait for one row. */
const BATCHES_IN_FLIGHT = 1;
/** Sightings, of which a delivery brings a handful. */
const SIGHTINGS_PER_STATEMENT = 1_000;
const SIGHTINGS_WAITING = 10_000;
const PATIENCE_MS = 5_000;

export function createNoteDrift(ledger: Pick<Ledger, "drift">, logger: Logger, metrics: Metrics): NoteDrift {
  const count = metrics.counter({
    name: "receiver_contract_drift_total",
    help: "What applied deliveries bore that the contract doesn't know, each name once a delivery; the names: npm run drift",
    labels: ["kind", "type"],
  });
  const record = async (sighted: readonly DriftSighting[]): Promise<void> => {
    for (const { kind, messageType, name } of await ledger.drift.record(sighted))
      logger.warn({ event: "contract-drift", kind, messageType, driftName: name });
  };
  const batches = createGroupCommit<readonly DriftSighting[], null>({
    commit: async (items) => {
      await record(items.flat());
      return items.map(() => null);
    },
    isWorthSplitting: () => false,
    sizeOf: (sighted) => sighted.length,
    maxItems: SIGHTINGS_PER_STATEMENT,
    maxSize: SIGHTINGS_PER_STATEMENT,
    batchesInFlight: BATCHES_IN_FLIGHT,
    maxWaitingSize: SIGHTINGS_WAITING,
    patienceMs: PATIENCE_MS,
    refuse: () => new ReceiverError("DATABASE_UNAVAILABLE"),
  });

  return async (sighted) => {
    if (sighted.length === 0) return;
    for (const { kind, messageType: type } of sighted) count({ kind, type });
    try {
      await batches.add(sighted);
    } catch (thrown) {
      logger.warn({ event: "contract-drift-not-counted", count: sighted.length, err: toReceiverError(thrown) });
    }
  };
}
