import { type Logger, toReceiverError } from "@receiver/runtime";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { bodyOf, HttpProblem, PROBLEM_TYPE, problemOf } from "./problem.ts";

/** What the framework refuses before a route is asked. Its own messages quote the request. */
const frameworkProblems: Record<string, readonly [status: number, code: string, detail: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "BODY_TOO_LARGE", "The body is longer than this API takes: send less at a time"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "MEDIA_TYPE_UNKNOWN", "The body must be sent as application/json"],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, "BODY_NOT_JSON", "The body must be one complete JSON document"],
  FST_ERR_BAD_URL: [400, "URL_MALFORMED", "The path holds a percent code that can't be decoded"],
  FST_ERR_HANDLER_TIMEOUT: [503, "TOO_SLOW", "The answer took too long: ask for less, or try again later"],
};

/** Any thrown thing as an answer that quotes nothing. */
export function problemFrom(thrown: unknown): HttpProblem {
  if (thrown instanceof HttpProblem) return thrown;
  const { code = "", statusCode = 500 } = thrown as Partial<FastifyError>;
  const known = frameworkProblems[code];
  if (known !== undefined) return new HttpProblem(...known);
  // A parser's SyntaxError has a status but no code.
  if (statusCode >= 400 && statusCode < 500) return new HttpProblem(400, "BODY_NOT_JSON", "The request can't be read");
  return problemOf(toReceiverError(thrown));
}

/** Answers for machines; pages have their own form of the same. */
export function sendProblem(reply: FastifyReply, problem: HttpProblem, requestId?: string): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(bodyOf(problem, requestId)));
}

/** @returns the id to quote, for an error that was logged under it. */
export function logIfOurs(
  logger: Logger,
  thrown: unknown,
  problem: HttpProblem,
  request: FastifyRequest,
): string | undefined {
  if (problem.status < 500) return undefined;
  const line = {
    requestId: request.id,
    method: request.method,
    status: problem.status,
    code: problem.code,
    err: thrown,
  };
  if (problem.status === 503) logger.warn({ event: "request-unavailable", ...line });
  else logger.error({ event: "request-failed", ...line });
  return request.id;
}
