import type { OutgoingNotification } from "@receiver/ledger";
import { ReceiverError, readRetryAfter, toReceiverError } from "@receiver/runtime";
import { type Dispatcher, errors, request } from "undici";
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

/** `dispatcher` decides which addresses may be reached. It must not follow redirects. To destroy it ends what is under way. */
export function createPost(dispatcher: Dispatcher, limitMs: number = ANSWER_LIMIT_MS): Post {
  return async ({ id, body, subscriber }) => {
    const startedAt = new Date();
    const signature = signatureHeaders({ id, body, secret: subscriber.secret, at: startedAt });
    const headers = { "content-type": "application/json", "user-agent": USER_AGENT, ...signature };
    const signal = AbortSignal.timeout(limitMs);
    const begunAt = performance.now();
    const answer = await exchange(subscriber.url, { method: "POST", headers, body, dispatcher, signal });
    return { startedAt, latencyMs: Math.round(performance.now() - begunAt), answer };
  };
}

type RequestOptions = NonNullable<Parameters<typeof request>[1]> & { signal: AbortSignal };

async function exchange(url: string, options: RequestOptions): Promise<Answer> {
  const { signal } = options;
  if (!isHttp(url)) return { kind: "silent", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" };
  try {
    const { statusCode, headers, body } = await request(url, options);
    await body.dump({ limit: BODY_LIMIT_BYTES, signal }).catch(() => {}); // the status was the answer
    return {
      kind: "answered",
      httpStatus: statusCode,
      retryAfterMs: readRetryAfter(headers["retry-after"], Date.now()),
    };
  } catch (thrown) {
    return { kind: "silent", code: silenceOf(thrown, signal) };
  }
}

/**
 * http and https alike: which of them is the subscriber's choice. Over plain http a body may be read on its way, but not
 * altered unnoticed.
 */
function isHttp(text: string): boolean {
  return ["http:", "https:"].includes(URL.parse(text)?.protocol ?? "");
}

function silenceOf(thrown: unknown, signal: AbortSignal): Silence {
  if (thrown instanceof errors.ClientDestroyedError) throw new ReceiverError("STOPPING", { cause: thrown });
  if (toReceiverError(thrown).code === "SUBSCRIBER_ADDRESS_FORBIDDEN") return "SUBSCRIBER_ADDRESS_FORBIDDEN";
  if (signal.aborted || thrown instanceof errors.ConnectTimeoutError) return "SUBSCRIBER_TIMEOUT";
  return "SUBSCRIBER_UNREACHABLE";
}
