import { readRetryAfter } from "@receiver/runtime";
import { Agent, type Dispatcher, request } from "undici";

export type DanayaApiOptions = {
  /** Without the version: `/v1/…` is put behind it. */
  baseUrl: string;
  apiKey: string;
  apiSecret: string;
  /** Milliseconds from the question to the end of its answer. */
  limitMs?: number;
};

/** What came of a question. Only the first one says something of the file. */
export type Answer =
  | { kind: "answered"; askedAt: Date; body: Uint8Array } //               200
  | { kind: "not-found" } //                                               404
  | { kind: "refused"; httpStatus: number } //                             401, 403: our credentials
  | { kind: "busy"; httpStatus: number; retryAfterMs: number | null } //   429, 503
  | { kind: "unreachable" } //                                             any other 5xx, or no whole answer in time
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

/** A client of Danaya's API (v1). Connects on first use; follows no redirect, which could carry the secret elsewhere. */
export function openDanayaApi({ baseUrl, apiKey, apiSecret, limitMs = ANSWER_LIMIT_MS }: DanayaApiOptions): DanayaApi {
  const dispatcher = new Agent({ allowH2: false, connect: { rejectUnauthorized: true } }); // whatever the environment says
  const headers = { "api-key": apiKey, "api-secret": apiSecret, accept: "application/json", "user-agent": USER_AGENT };
  return {
    lookUp: async (fileUuid, givenUp) => {
      const url = lookUpUrl(baseUrl, fileUuid);
      if (url === null) return { kind: "unusable" };
      const askedAt = new Date();
      try {
        const late = AbortSignal.timeout(limitMs);
        const signal = givenUp ? AbortSignal.any([late, givenUp]) : late;
        return await read(await request(url, { method: "GET", headers, dispatcher, signal }), askedAt);
      } catch {
        return { kind: "unreachable" }; // what was thrown names the URL, hence the file
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** Null for an id that a URL can't bear as one segment of its path. */
function lookUpUrl(baseUrl: string, fileUuid: string): URL | null {
  if (fileUuid === "." || fileUuid === ".." || !fileUuid.isWellFormed()) return null;
  const base = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
  return new URL(`v1/clients-files/client-file-to-analyze-id/${encodeURIComponent(fileUuid)}`, base);
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData, askedAt: Date): Promise<Answer> {
  if (statusCode === 200) {
    const bytes = await readBounded(body);
    return bytes === null ? { kind: "unusable" } : { kind: "answered", askedAt, body: bytes };
  }
  body.on("error", () => undefined).destroy(); // nobody reads it, and it may have no end
  if (statusCode === 404) return { kind: "not-found" };
  if (statusCode === 401 || statusCode === 403) return { kind: "refused", httpStatus: statusCode };
  if (statusCode === 429 || statusCode === 503) {
    return { kind: "busy", httpStatus: statusCode, retryAfterMs: readRetryAfter(headers["retry-after"], Date.now()) };
  }
  return { kind: statusCode >= 500 ? "unreachable" : "unusable" };
}

/** Null when it is larger than allowed: then the rest is not waited for. */
async function readBounded(body: Dispatcher.ResponseData["body"]): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > BODY_LIMIT_BYTES) return null; // leaving the loop destroys the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
