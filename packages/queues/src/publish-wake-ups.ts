import { toReceiverError } from "@receiver/runtime";
import type { Producer, WakeUp } from "./producer.ts";

/** A thousand in about a second, without flooding the one connection. */
const AT_ONCE = 50;

/** How many could not be published, and why the first of them; what was missed is the sweeper's. */
export type Missed = { count: number; failure: unknown };

/** Publishes what a transaction asked for, in its order. Never rejects: the rows are committed. */
export async function publishWakeUps(producer: Pick<Producer, "wake">, wakeUps: readonly WakeUp[]): Promise<Missed> {
  const missed: Missed = { count: 0, failure: undefined };
  for (let start = 0; start < wakeUps.length; start += AT_ONCE) {
    const results = await Promise.allSettled(wakeUps.slice(start, start + AT_ONCE).map((one) => producer.wake(one)));
    const failures = results.filter((result) => result.status === "rejected").map(({ reason }) => reason as unknown);
    missed.count += failures.length;
    missed.failure ??= failures[0];
    if (!failures.some((failure) => toReceiverError(failure).infrastructure)) continue;
    // The backend is away: the caller is not kept waiting for the others to find that out.
    missed.count += Math.max(0, wakeUps.length - start - AT_ONCE);
    break;
  }
  return missed;
}
