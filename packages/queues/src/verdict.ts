import type { ReceiverError } from "@receiver/runtime";
import type { Backoff } from "./backoff.ts";
import { backoffDelayMs } from "./backoff.ts";

/** What becomes of a job whose run failed. */
export type Verdict =
  | { kind: "postpone" } // infrastructure is away, for all: again later, at no cost
  | { kind: "set-aside"; inMs: number } // something is missing for this job alone: again at that time, at no cost
  | { kind: "retry"; inMs: number } // this run counts, another one follows
  | { kind: "fail" }; // for good

export type Effort = { attempt: number; attempts: number; backoff: Backoff };

/** `random` is in [0, 1). An error that says when to come back overrides the back-off. */
export function verdictOn(
  error: Pick<ReceiverError, "infrastructure" | "retryable" | "retryInMs">,
  { attempt, attempts, backoff }: Effort,
  random?: number,
): Verdict {
  const askedMs = askedDelayMs(error.retryInMs);
  if (error.infrastructure) return askedMs === null ? { kind: "postpone" } : { kind: "set-aside", inMs: askedMs };
  if (!error.retryable || attempt >= attempts) return { kind: "fail" };
  return { kind: "retry", inMs: askedMs ?? backoffDelayMs(attempt, backoff, random) };
}

function askedDelayMs(retryInMs: number | null): number | null {
  return retryInMs === null || !Number.isFinite(retryInMs) ? null : Math.max(0, Math.ceil(retryInMs));
}
