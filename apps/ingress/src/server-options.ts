import type { FastifyServerOptions } from "fastify";
import type { ConnectionErrors } from "./connection-errors.ts";
import type { Report } from "./report-troubles.ts";
import { sendRefusal } from "./routes/send-answer.ts";

/** Danaya's messages have a few KB; a face picture in base64 (`comparedImageBase64`) is the largest thing they may bear. */
export const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
/** From the first byte of a request to the last one of its body: who needs longer holds a connection for nothing. */
const REQUEST_ARRIVES_WITHIN_MS = 2_000;
/** Under the 5 s that the strictest of the providers compared (Persona) waits for an answer. */
export const ANSWER_WITHIN_MS = 4_500;
/**
 * For how long a connection may rest, as `Keep-Alive: timeout=3` tells its sender: who heeds it has ended his resting connections
 * before a process that leaves ends them. It ends none earlier than that.
 */
export const REST_TOLD_MS = 3_000;
/** For how long it really may: longer than the 60 s after which load balancers end theirs, which don't heed that header. */
const REST_MS = 72_000;
/** How late Node may notice that. */
const TIMEOUTS_CHECKED_EVERY_MS = 250;
/** Longer than any URL that Node accepts: a token of any length is compared, and refused, as a token. */
const LONGEST_TOKEN = 16_384;

type Tools = { trustedProxies: readonly string[]; connections: ConnectionErrors; report: Report };

/** Fastify's own logging stays off: its lines hold URLs, hence tokens. */
export function serverOptions({ trustedProxies, connections, report }: Tools) {
  return {
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_ARRIVES_WITHIN_MS,
    keepAliveTimeout: REST_TOLD_MS,
    http: {
      keepAliveTimeoutBuffer: REST_MS - REST_TOLD_MS,
      headersTimeout: REQUEST_ARRIVES_WITHIN_MS,
      requestTimeout: REQUEST_ARRIVES_WITHIN_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
    },
    // For what is overdue all the same: a body that stalls while the process stops, when Node no longer checks.
    handlerTimeout: ANSWER_WITHIN_MS + 500,
    return503OnClosing: false, // what still arrives on an open connection is taken; the inbox closes after the last answer
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_TOKEN },
    frameworkErrors: (_error, _request, reply) => sendRefusal(reply, report, "NOT_FOUND"),
    clientErrorHandler: (error, socket) => connections.answer(error, socket),
  } satisfies FastifyServerOptions & { http: object };
}
