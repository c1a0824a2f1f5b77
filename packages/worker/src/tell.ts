import type { WakeUp } from "@receiver/ledger";
import type { Producer } from "@receiver/queues";
import { type Logger, type Metrics, toReceiverError } from "@receiver/runtime";

/**
 * Publishes what a transaction asked for, once it is committed. Never rejects: what could not be published is logged and
 * counted, and the sweeper publishes it.
 */
export type Tell = (wakeUps: readonly WakeUp[], logger: Logger) => Promise<void>;

export function createTell(producer: Pick<Producer, "wake">, metrics: Metrics): Tell {
  const count = metrics.counter({
    name: "receiver_wake_ups_total",
    help: "Jobs asked for by a committed transaction, by whether they could be published",
    labels: ["queue", "outcome"],
  });
  const wake = async (wakeUp: WakeUp, logger: Logger) => {
    try {
      await producer.wake(wakeUp);
      count({ queue: wakeUp.queue, outcome: "published" });
    } catch (thrown) {
      count({ queue: wakeUp.queue, outcome: "left-to-sweeper" });
      logger.warn({ event: "wake-up-not-published", queue: wakeUp.queue, err: toReceiverError(thrown) });
    }
  };
  return async (wakeUps, logger) => {
    await Promise.all(wakeUps.map((wakeUp) => wake(wakeUp, logger)));
  };
}
