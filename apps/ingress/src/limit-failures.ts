import { networkOf } from "@receiver/runtime";

/** Failed tries that one network has at once: a misconfigured sender hears 401, and not 429, for a good while. */
const BURST = 30;
/** One more try per this time. */
const REFILL_MS = 2_000;
/** Networks remembered, about 100 bytes each; the one that failed longest ago is forgotten first. */
const NETWORKS_KEPT = 10_000;

type Bucket = { tries: number; at: number };

/** Counts a failed try of this address. @returns 0, or the seconds to wait once the address' network has no try left. */
export type LimitFailures = (address: string) => number;

/** A token bucket per network, of failures only: whoever has a valid token never comes here. */
export function createFailureLimit(now: () => number = Date.now): LimitFailures {
  const buckets = new Map<string, Bucket>();
  return (address) => {
    const network = networkOf(address);
    const tries = triesLeft(buckets.get(network), now());
    buckets.delete(network); // and set again: a Map keeps the order of insertion
    buckets.set(network, { tries: tries >= 1 ? tries - 1 : tries, at: now() });
    forgetOldest(buckets);
    return tries >= 1 ? 0 : Math.ceil(((1 - tries) * REFILL_MS) / 1_000);
  };
}

function triesLeft(bucket: Bucket | undefined, now: number): number {
  return bucket === undefined ? BURST : Math.min(BURST, bucket.tries + (now - bucket.at) / REFILL_MS);
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const oldest = buckets.keys().next();
  if (buckets.size > NETWORKS_KEPT && !oldest.done) buckets.delete(oldest.value);
}
