import type { WakeUp } from "@receiver/ledger";
import type { Producer } from "@receiver/queues";
import { type Logger, toReceiverError } from "@receiver/runtime";

/** Publishes what a transaction asked for. Never rejects: the rows are committed, and the sweeper publishes what was missed. */
export type PublishWakeUps = (wakeUps: readonly WakeUp[]) => Promise<void>;

/** A replay of a thousand deliveries in about a second, without flooding the one connection. */
const AT_ONCE = 50;

export function createPublishWakeUps(
  producer: Pick<Producer, "wake">,
  { logger, countMissed }: { logger: Logger; countMissed: (count: number) => void },
): PublishWakeUps {
  return async (wakeUps) => {
    let failed = 0;
    let firstFailure: unknown;
    for (let start = 0; start < wakeUps.length; start += AT_ONCE) {
      const results = await Promise.allSettled(wakeUps.slice(start, start + AT_ONCE).map((one) => producer.wake(one)));
      const failures = results.filter((result) => result.status === "rejected").map(({ reason }) => reason as unknown);
      failed += failures.length;
      firstFailure ??= failures[0];
      if (!failures.some((failure) => toReceiverError(failure).infrastructure)) continue;
      // The backend is away: the caller is not kept waiting for the others to find that out.
      failed += Math.max(0, wakeUps.length - start - AT_ONCE);
      break;
    }
    if (failed === 0) return;
    countMissed(failed);
    logger.warn({ event: "wake-ups-not-published", count: wakeUps.length, failed, err: firstFailure });
  };
}
