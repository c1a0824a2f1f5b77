import { type Producer, publishWakeUps, type WakeUp } from "@receiver/queues";
import type { Logger } from "@receiver/runtime";

/** Publishes what a transaction asked for. Never rejects: the rows are committed, and the sweeper publishes what was missed. */
export type PublishWakeUps = (wakeUps: readonly WakeUp[]) => Promise<void>;

export function createPublishWakeUps(
  producer: Pick<Producer, "wake">,
  { logger, countMissed }: { logger: Logger; countMissed: (count: number) => void },
): PublishWakeUps {
  return async (wakeUps) => {
    const { count: failed, failure } = await publishWakeUps(producer, wakeUps);
    if (failed === 0) return;
    countMissed(failed);
    logger.warn({ event: "wake-ups-not-published", count: wakeUps.length, failed, err: failure });
  };
}
