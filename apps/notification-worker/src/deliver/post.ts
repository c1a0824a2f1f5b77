import type { OutgoingNotification } from "@receiver/ledger";
import type { Exchange, Outgoing } from "@receiver/outgoing";
import type { Answer, Silence } from "./answer.ts";
import { signatureHeaders } from "./sign.ts";

/** `latencyMs`: whole milliseconds until the answer had ended, or until it was given up. */
export type Attempt = { startedAt: Date; latencyMs: number; answer: Answer };

/** Sends one signed request. @throws ReceiverError STOPPING; anything else is a defect of ours, a secret that can't sign say. */
export type Post = (message: Pick<OutgoingNotification, "id" | "body" | "subscriber">) => Promise<Attempt>;

/**
 * From the look-up to the end of the answer. A subscriber has only to store what it is sent; waiting longer would let a
 * few endpoints that hang keep all the places of a worker.
 */
const ANSWER_LIMIT_MS = 10_000;
/** Of the answer's body, which nobody reads, so much is taken to keep the connection; a longer one costs it. */
const BODY_LIMIT_BYTES = 64 * 1_024;

const USER_AGENT = "danaya-receiver";

/**
 * http and https alike: which of them is the subscriber's choice. Over plain http a body may be read on its way, but not
 * altered unnoticed.
 */
export function createPost({ exchange }: Pick<Outgoing, "exchange">, limitMs: number = ANSWER_LIMIT_MS): Post {
  return async ({ id, body, subscriber }) => {
    const startedAt = new Date();
    const signature = signatureHeaders({ id, body, secret: subscriber.secret, at: startedAt });
    const headers = { "content-type": "application/json", "user-agent": USER_AGENT, ...signature };
    const limits = { limitMs, limitBytes: BODY_LIMIT_BYTES };
    const begunAt = performance.now();
    const answer = answerOf(await exchange({ method: "POST", url: subscriber.url, headers, body, ...limits }));
    return { startedAt, latencyMs: Math.round(performance.now() - begunAt), answer };
  };
}

function answerOf(exchange: Exchange): Answer {
  if (exchange.kind !== "answered") return { kind: "silent", code: silences[exchange.kind] };
  return { kind: "answered", httpStatus: exchange.status, retryAfterMs: exchange.retryAfterMs };
}

const silences = {
  forbidden: "SUBSCRIBER_ADDRESS_FORBIDDEN",
  late: "SUBSCRIBER_TIMEOUT",
  unreachable: "SUBSCRIBER_UNREACHABLE",
} as const satisfies Record<Exclude<Exchange["kind"], "answered">, Silence>;
