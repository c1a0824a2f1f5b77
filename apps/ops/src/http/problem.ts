import { STATUS_CODES } from "node:http";
import { errorCodes, type ReceiverError } from "@receiver/runtime";
import { z } from "zod";

/** One field that broke its rule. `path` is dotted (`filter.status`), `""` for the whole; the message says rule and fix, never the value. */
export const fieldProblem = z.object({ path: z.string(), message: z.string() });
export type FieldProblem = z.output<typeof fieldProblem>;

/** RFC 9457. `code` is stable; `requestId` finds the line in the log, where there is one. */
export const problemBody = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(fieldProblem).optional(),
  requestId: z.string().optional(),
});
type ProblemBody = z.output<typeof problemBody>;

export const PROBLEM_TYPE = "application/problem+json";

type ProblemOptions = { errors?: FieldProblem[]; headers?: Record<string, string> };

/** An answer other than 2xx that a route gives on purpose. Its texts are the code's own. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: FieldProblem[] | undefined;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, detail: string, { errors, headers = {} }: ProblemOptions = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.headers = headers;
  }
}

export const invalidInput = (errors: FieldProblem[]) =>
  new HttpProblem(400, "INVALID_INPUT", "The request breaks the rules listed in errors", { errors });

/** @param what with its article: "No delivery" */
export const notFound = (what: string) => new HttpProblem(404, "NOT_FOUND", `${what} has this id`);

export const tooManyTries = (retryAfterSeconds: number) =>
  new HttpProblem(429, "TOO_MANY_TRIES", "Too many wrong passwords came in: wait for as long as Retry-After says", {
    headers: { "retry-after": String(retryAfterSeconds) },
  });

/** Seconds after which a database or Redis that was away may be back. */
const RETRY_AFTER = "5";

/** Erased on purpose: 410. Away now, not wrong: 503. Anything else of ours is a defect: 500. */
export function problemOf(error: ReceiverError): HttpProblem {
  const { meaning, fix } = errorCodes[error.code];
  const detail = `${meaning}. ${fix}`;
  if (error.code === "BODY_ERASED") return new HttpProblem(410, error.code, detail);
  const isPassing = error.retryable && error.code !== "INTERNAL";
  if (!isPassing && !error.infrastructure) return new HttpProblem(500, error.code, detail);
  return new HttpProblem(503, error.code, detail, { headers: { "retry-after": RETRY_AFTER } });
}

export function bodyOf(problem: HttpProblem, requestId?: string): ProblemBody {
  const { status, code, detail, errors } = problem;
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    ...(errors && { errors }),
    ...(requestId !== undefined && { requestId }),
  };
}
