import { type Exchange, openOutgoing } from "@receiver/outgoing";
import type { Cidr } from "@receiver/runtime";

export type DanayaApiOptions = {
  /** Without the version: `/v1/…` is put behind it. */
  baseUrl: string;
  apiKey: string;
  apiSecret: string;
  /** Networks that it may live in although they are not public. */
  outgoingAllow: readonly Cidr[];
  /** Milliseconds from the question to the end of its answer. */
  limitMs?: number;
  /** The clock that dates questions. */
  now?: () => Date;
};

/** What came of a question. Only the first one says something of the file. */
export type Answer =
  | { kind: "answered"; askedAt: Date; body: Uint8Array } //               200
  | { kind: "not-found" } //                                               404
  | { kind: "refused"; httpStatus: number } //                             401, 403: our credentials
  | { kind: "busy"; httpStatus: number; retryAfterMs: number | null } //   429, 503
  | { kind: "forbidden" } //                                               an address that is neither public nor allowed
  | { kind: "unreachable" } //                                             any other 5xx, or no whole answer in time
  | { kind: "declined" } //                                                any other 4xx but 408 and 425, or an id that no URL can bear: this question
  | { kind: "unusable" }; //                                               anything else: a redirect, 2 MiB or more

export type DanayaApi = {
  /**
   * Never rejects for what the other side does.
   * @param fileUuid that of the upload
   * @param givenUp ends the question early: `unreachable`
   */
  lookUp(fileUuid: string, givenUp?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
};

/** Danaya says nothing of how long it takes. A question can be put again, so nothing is gained by great patience. */
const ANSWER_LIMIT_MS = 15_000;
/** As much as a webhook of Danaya's may have; an answer bears no more than one. */
const BODY_LIMIT_BYTES = 2 * 1_024 * 1_024;
const USER_AGENT = "danaya-receiver";

/** A client of Danaya's API (v1). Connects on first use. */
export function openDanayaApi(options: DanayaApiOptions): DanayaApi {
  const { baseUrl, apiKey, apiSecret, outgoingAllow, limitMs = ANSWER_LIMIT_MS, now = () => new Date() } = options;
  const outgoing = openOutgoing({ allow: outgoingAllow });
  const headers = { "api-key": apiKey, "api-secret": apiSecret, accept: "application/json", "user-agent": USER_AGENT };
  const limits = { limitMs, limitBytes: BODY_LIMIT_BYTES };
  return {
    lookUp: async (fileUuid, givenUp) => {
      const url = lookUpUrl(baseUrl, fileUuid);
      if (url === null) return { kind: "declined" };
      const askedAt = now();
      const question = { method: "GET", url: url.href, headers, ...limits, ...(givenUp && { givenUp }) } as const;
      return readAnswer(await outgoing.exchange(question).catch(() => unreachable), askedAt);
    },
    close: outgoing.close,
  };
}

const bodiless = { "too-long": { kind: "unusable" }, "cut-short": { kind: "unreachable" } } as const;
/** Whoever asks again fares better. */
const passing: ReadonlySet<number> = new Set([408, 425]);
const unreachable = { kind: "unreachable" } as const;

/** Null for an id that a URL can't bear as one segment of its path. */
function lookUpUrl(baseUrl: string, fileUuid: string): URL | null {
  if (fileUuid === "." || fileUuid === ".." || !fileUuid.isWellFormed()) return null;
  const base = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
  return new URL(`v1/clients-files/client-file-to-analyze-id/${encodeURIComponent(fileUuid)}`, base);
}

function readAnswer(exchange: Exchange, askedAt: Date): Answer {
  if (exchange.kind === "forbidden") return { kind: "forbidden" };
  if (exchange.kind !== "answered") return unreachable;
  const { status, retryAfterMs, body } = exchange;
  if (status === 200) return body instanceof Uint8Array ? { kind: "answered", askedAt, body } : bodiless[body];
  if (status === 404) return { kind: "not-found" };
  if (status === 401 || status === 403) return { kind: "refused", httpStatus: status };
  if (status === 429 || status === 503) return { kind: "busy", httpStatus: status, retryAfterMs };
  if (status >= 500 || passing.has(status)) return unreachable;
  return { kind: status >= 400 ? "declined" : "unusable" };
}
