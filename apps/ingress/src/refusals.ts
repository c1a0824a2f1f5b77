import { STATUS_CODES } from "node:http";
import type { Problem } from "@receiver/contracts";

/**
 * The table of what isn't taken. `detail` is for the sender and says whether anything was stored; `level` is the log's:
 * at `warn` a delivery may have been lost, at `debug` somebody was at the wrong door.
 */
export const refusals = {
  NOT_JSON: {
    status: 400,
    level: "warn",
    detail: "The body must be one complete JSON document in UTF-8, not compressed. Nothing was stored.",
  },
  BODY_INCOMPLETE: {
    status: 400,
    level: "warn",
    detail: "The request ended before its announced length. Nothing was stored.",
  },
  MALFORMED_REQUEST: { status: 400, level: "debug", detail: "The request must be valid HTTP/1.1." },
  UNAUTHORISED: {
    status: 401,
    level: "warn",
    detail:
      "The URL's last part must be a valid token, and whatever else was agreed on must hold: address, header, credentials, signature. Nothing was stored.",
  },
  NOT_FOUND: { status: 404, level: "debug", detail: "There is nothing here." },
  METHOD_NOT_ALLOWED: { status: 405, level: "debug", detail: "Webhooks are taken by POST only." },
  REQUEST_TIMEOUT: { status: 408, level: "warn", detail: "The request took too long to arrive. Nothing was stored." },
  BODY_TOO_LARGE: {
    status: 413,
    level: "warn",
    detail: "The body must not be larger than 2 MiB. Nothing was stored.",
  },
  TOO_MANY_FAILURES: {
    status: 429,
    level: "warn",
    detail: "Too many requests without a valid token came from this network. Nothing was stored.",
  },
  HEADERS_TOO_LARGE: { status: 431, level: "debug", detail: "The headers must be shorter." },
  INTERNAL: { status: 500, level: "warn", detail: "Something unforeseen happened. Send it again." },
  OVERLOADED: {
    status: 503,
    level: "warn",
    detail: "There is more to do than can be done in time. Nothing was stored. Send it again.",
  },
  NOT_STORED: {
    status: 503,
    level: "warn",
    detail: "The delivery could not be stored in time. Send it again.",
  },
} as const satisfies Record<string, { status: number; level: "warn" | "debug"; detail: string }>;

export type RefusalCode = keyof typeof refusals;

export const PROBLEM_TYPE = "application/problem+json";

/** A body by RFC 9457, of texts from the table; nothing of the request is in it. */
export function problemBody(code: RefusalCode, problems?: readonly Problem[]): string {
  const { status, detail } = refusals[code];
  return JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status, code, detail, problems });
}
