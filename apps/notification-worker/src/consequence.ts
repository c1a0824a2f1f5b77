import { backoffDelayMs, type QueueSpec } from "@receiver/queues";
import { errorCodes } from "@receiver/runtime";
import type { Answer, Silence } from "./deliver/answer.ts";

type Failure = Silence | "SUBSCRIBER_REFUSED" | "SUBSCRIBER_GONE";

/** What an attempt means for the notification. */
export type Consequence =
  | { outcome: "delivered" }
  | { outcome: "retry"; code: Failure; inMs: number }
  | { outcome: "failed"; code: Failure };

export type Effort = {
  /** How many attempts came before this one. */
  attempts: number;
  /** How many there may be. */
  limit: number;
  backoff: QueueSpec["backoff"];
};

/**
 * Only 2xx is a delivery: a redirect is not followed, since it may lead anywhere. Who asks to be left alone until later
 * (Retry-After) is, but no longer than the back-off's cap. `random` is in [0, 1).
 */
export function consequenceOf(answer: Answer, { attempts, limit, backoff }: Effort, random?: number): Consequence {
  const code = failureOf(answer);
  if (code === null) return { outcome: "delivered" };
  const failures = attempts + 1;
  if (!errorCodes[code].retryable || failures >= limit) return { outcome: "failed", code };
  const askedMs = answer.kind === "answered" ? (answer.retryAfterMs ?? 0) : 0;
  const inMs = Math.min(backoff.capMs, Math.max(askedMs, backoffDelayMs(failures, backoff, random)));
  return { outcome: "retry", code, inMs };
}

function failureOf(answer: Answer): Failure | null {
  if (answer.kind === "silent") return answer.code;
  if (answer.httpStatus >= 200 && answer.httpStatus < 300) return null;
  return answer.httpStatus === 410 ? "SUBSCRIBER_GONE" : "SUBSCRIBER_REFUSED";
}
