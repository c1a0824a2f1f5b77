import type { DeliveryType } from "@receiver/contracts";
import type { FileChange, Ledger } from "@receiver/ledger";
import { type Logger, type Metrics, ReceiverError } from "@receiver/runtime";
import { createNoteDrift, type NoteDrift } from "./note-drift.ts";
import type { Pipeline } from "./open-pipeline.ts";
import type { Processor } from "./processor.ts";
import type { Tell } from "./tell.ts";

/** What a delivery's processor works with. */
export type DeliveryTools = { ledger: Ledger; tell: Tell; noteDrift: NoteDrift; count: DeliveryCounters };

type DeliveryCounters = {
  settled(type: DeliveryType, outcome: string): void;
  reversed(type: DeliveryType): void;
  oddlyDated(dated: string): void;
};

/** Once per process. */
export function deliveryTools(
  { ledger, tell }: Pick<Pipeline, "ledger" | "tell">,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): DeliveryTools {
  const settled = metrics.counter({
    name: "receiver_deliveries_processed_total",
    help: "Deliveries taken from a queue, by what came of them",
    labels: ["type", "outcome"],
  });
  const reversed = metrics.counter({
    name: "receiver_decisions_reversed_total",
    help: "Approvals and refusals that a later delivery took back: each wants a look",
    labels: ["type"],
  });
  const oddlyDated = metrics.counter({
    name: "receiver_oddly_dated_deliveries_total",
    help: "Applied deliveries dated after they came, or a month before",
    labels: ["dated"],
  });
  const count: DeliveryCounters = {
    settled: (type, outcome) => settled({ type, outcome }),
    reversed: (type) => reversed({ type }),
    oddlyDated: (dated) => oddlyDated({ dated }),
  };
  return { ledger, tell, noteDrift: createNoteDrift(ledger, logger, metrics), count };
}

/** The steps of every delivery, whatever its type: apply the stored row, then publish what that asked for. */
export const applyStoredDelivery: Processor<DeliveryType, DeliveryTools> = {
  async process({ data, logger }, { ledger, tell, noteDrift, count }) {
    const { deliveryId, messageType } = data;
    const outcome = await ledger.applyDelivery(deliveryId, new Date());
    count.settled(messageType, outcome.kind);
    switch (outcome.kind) {
      case "not-found":
        throw new ReceiverError("DELIVERY_NOT_FOUND");
      case "already-applied":
        return logger.debug({ event: "delivery-already-applied" });
      case "quarantined":
        return logger.warn({ event: "delivery-quarantined", count: outcome.problems.length });
      case "applied":
        if (outcome.changes.some((change) => change.reversed)) count.reversed(messageType);
        logChanges(outcome.changes, logger);
        if (outcome.dated !== "usual") {
          count.oddlyDated(outcome.dated);
          logger.warn({ event: "delivery-oddly-dated", kind: outcome.dated });
        }
        await tell(outcome.wakeUps, logger);
        return noteDrift(outcome.drift);
    }
  },

  failedAttempt: ({ data }, { code, frames }, { ledger }) =>
    ledger.recordDeliveryAttempt(data.deliveryId, { code, frames }),

  failedForGood: ({ data, epoch }, { code, frames }, { ledger }) =>
    ledger.recordDeliveryFailure(data.deliveryId, { code, frames, epoch, now: new Date() }),
};

function logChanges(changes: readonly FileChange[], logger: Logger): void {
  for (const { clientFileId, version, state, reversed } of changes) {
    logger.info({ event: "delivery-applied", clientFileId, version, state: state.after });
    if (reversed) logger.warn({ event: "decision-reversed", clientFileId, version, state: state.after });
  }
}
