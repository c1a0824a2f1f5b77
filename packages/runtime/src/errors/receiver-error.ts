import { type ErrorCode, errorCodes } from "./error-codes.ts";
import { type ErrorOrigin, originOf } from "./error-origin.ts";
import { framesOf } from "./stack-frames.ts";

export type ReceiverErrorOptions = {
  /** What was thrown below. Its class name, system code and frames are kept; the thing itself and its texts are not. */
  cause?: unknown;
  /** How long to wait before the next try, in milliseconds, where the other side said so. */
  retryInMs?: number;
};

/**
 * The one error that may leave a processor. All its texts come from the table of codes, so message, stack and every
 * property can be stored, logged and shown: parsers and databases quote personal data in theirs.
 */
export class ReceiverError extends Error {
  override readonly name: string = "ReceiverError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly infrastructure: boolean;
  /** Milliseconds until the next try, or null where the usual back-off applies. */
  readonly retryInMs: number | null;
  /** What was thrown below, null when this error is the first. */
  readonly origin: ErrorOrigin | null;
  /** `file:line:column`, innermost first: those of the cause where there is one. */
  readonly frames: readonly string[];

  constructor(code: ErrorCode, options: ReceiverErrorOptions = {}) {
    const row = errorCodes[code];
    super(`${code}: ${row.meaning}`);
    this.code = code;
    this.retryable = row.retryable;
    this.infrastructure = row.infrastructure;
    this.retryInMs = options.retryInMs ?? null;
    const below = isReceiverError(options.cause) ? options.cause : null;
    this.origin = below ? below.origin : originOf(options.cause);
    const framesBelow = below ? below.frames : framesOf(options.cause);
    this.frames = framesBelow.length > 0 ? framesBelow : framesOf(this);
    this.stack = [`${this.name}: ${this.message}`, ...this.frames.map((frame) => `    at ${frame}`)].join("\n");
  }
}

/** `instanceof` asks for the prototype, and a proxy may throw at that. */
export function isReceiverError(thrown: unknown): thrown is ReceiverError {
  try {
    return thrown instanceof ReceiverError;
  } catch {
    return false;
  }
}
