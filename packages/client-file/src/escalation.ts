import { ownAttempts } from "./carried-over.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { retryPolicyFor } from "./retry-policy.ts";

/** A timer found this attempt of a check still open when somebody had to look into it. `attempt` is the file's own. */
export type ClockEscalation = Pick<RetryCounter, "documentId" | "verification"> & { attempt: number };

/** For good by its attempts; by the clock while that very attempt is open: a newer result, or a newer attempt, answers it. */
export function escalatedIn(
  byClock: readonly ClockEscalation[],
): (counter: Omit<RetryCounter, "escalated">) => boolean {
  const found = new Set(byClock.map(keyOf));
  return (counter) =>
    counter.attempts >= retryPolicyFor(counter.verification).escalatesAt ||
    (counter.status === "open" && found.has(keyOf({ ...counter, attempt: ownAttempts(counter) })));
}

const keyOf = ({ documentId, verification, attempt }: ClockEscalation): string =>
  JSON.stringify([documentId, verification, attempt]);
