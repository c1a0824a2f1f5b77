import type { Producer, WakeUp } from "@receiver/queues";
import { type Logger, type Metrics, ReceiverError, toReceiverError } from "@receiver/runtime";
import { createTally } from "./tally.ts";

/**
 * With a backend that doesn't answer each publication lasts its time-out (2 s): this many, of about 1 KB, are what that may
 * cost in memory. What comes on top is left to the sweeper, like what fails.
 */
const IN_FLIGHT_MAX = 2_000;

export type WakeLater = {
  /** Publishes after the answer that is being given. Never throws. */
  wake(wakeUp: WakeUp): void;
  /** Waits for what is in flight. */
  close(): Promise<void>;
};

/** Fire and forget: the row is committed, so what can't be published now is logged, counted and found by the sweeper. */
export function createWakeLater(producer: Pick<Producer, "wake">, logger: Logger, metrics: Metrics): WakeLater {
  const inFlight = new Set<Promise<void>>();
  const count = metrics.counter({
    name: "receiver_wake_ups_total",
    help: "Jobs asked for by a committed transaction, by whether they could be published",
    labels: ["queue", "outcome"],
  });
  const failures = createTally((err: ReceiverError, total) => {
    logger.warn({ event: "wake-up-not-published", err, count: total });
  });
  const leaveToSweeper = (queue: string, err: ReceiverError): void => {
    count({ queue, outcome: "left-to-sweeper" });
    failures.note(err);
  };
  const publish = async (wakeUp: WakeUp): Promise<void> => {
    await new Promise(setImmediate); // the answer first
    try {
      await producer.wake(wakeUp);
      count({ queue: wakeUp.queue, outcome: "published" });
    } catch (thrown) {
      leaveToSweeper(wakeUp.queue, toReceiverError(thrown));
    }
  };
  return {
    wake: (wakeUp) => {
      if (inFlight.size >= IN_FLIGHT_MAX) {
        leaveToSweeper(wakeUp.queue, new ReceiverError("REDIS_UNAVAILABLE"));
        return;
      }
      const flight = publish(wakeUp).finally(() => inFlight.delete(flight));
      inFlight.add(flight);
    },
    close: async () => {
      await Promise.all(inFlight);
      failures.flush();
    },
  };
}
