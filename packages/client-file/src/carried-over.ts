import type { RetryCounter } from "./retry-counter.ts";

/** How often one check of one type of document had to be run again in the files that a resubmission supersedes. */
export type CarriedOver = Pick<RetryCounter, "verification" | "attempts"> & { documentType: string };

type Counted = Pick<RetryCounter, "documentType" | "verification" | "attempts"> &
  Partial<Pick<RetryCounter, "carried">>;

/**
 * What earlier files hand on: their own attempts. What they were handed themselves is their predecessors' to hand on, or it would be
 * counted twice. A document of unknown type hands on nothing: no other is known to be of its type.
 */
export function carriedFrom(earlier: readonly Counted[]): CarriedOver[] {
  const typed = earlier.flatMap((counter) =>
    counter.documentType === null ? [] : [{ ...counter, key: keyOf(counter) }],
  );
  return [...Map.groupBy(typed, ({ key }) => key).values()].map((counters) => ({
    documentType: counters[0]?.documentType as string,
    verification: counters[0]?.verification as string,
    attempts: counters.reduce((sum, counter) => sum + ownAttempts(counter), 0),
  }));
}

/** What a file counted itself. `carried` is absent in what an earlier version stored, which carried nothing. */
export const ownAttempts = ({ attempts, carried = 0 }: Pick<Counted, "attempts" | "carried">): number =>
  attempts - carried;

/** How many of these a check counts on from. */
export function carriedInto(
  carried: readonly CarriedOver[],
): (check: Pick<Counted, "documentType" | "verification">) => number {
  const attempts = new Map(carried.map((handed) => [keyOf(handed), handed.attempts]));
  return (check) => (check.documentType === null ? 0 : (attempts.get(keyOf(check)) ?? 0));
}

const keyOf = ({ documentType, verification }: Pick<Counted, "documentType" | "verification">): string =>
  JSON.stringify([documentType?.trim().toUpperCase(), verification]);
