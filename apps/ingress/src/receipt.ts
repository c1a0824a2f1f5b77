import type { Problem } from "@receiver/contracts";
import { PROBLEM_TYPE, problemBody, type RefusalCode, refusals } from "./refusals.ts";

/** All that can become of a `POST /webhooks/danaya/:token`, with its answer's status. Only the first three are stored. */
export type Receipt =
  | { kind: "accepted"; deliveryId: string } //                           200
  | { kind: "duplicate"; deliveryId: string } //                          200
  | { kind: "quarantined"; deliveryId: string; problems: Problem[] } //   202
  | { kind: "not-json"; problems: Problem[] } //                          400
  | { kind: "unauthorised"; headers: Record<string, string> } //          401
  | { kind: "too-large" } //                                              413
  | { kind: "throttled"; retryAfterSeconds: number } //                   429
  | { kind: "unavailable"; retryAfterSeconds: number }; //                503

/** A Postgres that restarts or fails over is back in seconds. */
export const unavailable: Receipt = { kind: "unavailable", retryAfterSeconds: 5 };

export type Answer = { status: number; headers: Record<string, string>; body: string; code: RefusalCode | null };

export function answerTo(receipt: Receipt): Answer {
  switch (receipt.kind) {
    case "accepted":
    case "duplicate":
      return stored(200, { disposition: receipt.kind, deliveryId: receipt.deliveryId });
    case "quarantined":
      return stored(202, {
        disposition: "quarantined",
        deliveryId: receipt.deliveryId,
        problems: receipt.problems,
      });
    case "not-json":
      return refusal("NOT_JSON", { problems: receipt.problems });
    case "unauthorised":
      return refusal("UNAUTHORISED", { headers: receipt.headers });
    case "too-large":
      return refusal("BODY_TOO_LARGE");
    case "throttled":
      return refusal("TOO_MANY_FAILURES", { headers: { "retry-after": String(receipt.retryAfterSeconds) } });
    case "unavailable":
      return refusal("NOT_STORED", { headers: { "retry-after": String(receipt.retryAfterSeconds) } });
  }
}

/** What is answered where the webhook's contract doesn't reach. */
export function refusal(
  code: RefusalCode,
  { headers = {}, problems }: { headers?: Record<string, string>; problems?: readonly Problem[] } = {},
): Answer {
  return {
    status: refusals[code].status,
    headers: { "content-type": PROBLEM_TYPE, ...headers },
    body: problemBody(code, problems),
    code,
  };
}

function stored(status: number, body: object): Answer {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status, headers, body: JSON.stringify(body), code: null };
}
