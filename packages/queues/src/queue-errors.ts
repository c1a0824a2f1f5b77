import type { ReceiverError } from "@receiver/runtime";
import { errorCodes } from "@receiver/runtime";
import { DelayedError, UnrecoverableError } from "bullmq";

// BullMQ keeps an error's message and stack with the job, and its dashboard shows them. These two hold a code of the table and its
// meaning, whatever the error they stand for may say.

/** The run failed; another one follows after `delayMs`. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
  readonly delayMs: number;
  constructor({ code }: ReceiverError, delayMs: number) {
    super(textOf(code));
    this.delayMs = delayMs;
    this.stack = this.message;
  }
}

/** The job is back in the queue, to be taken up after `delayMs` at no cost: BullMQ does nothing more with it. */
export class Postponed extends DelayedError {
  readonly delayMs: number;
  constructor(delayMs: number) {
    super();
    this.delayMs = delayMs;
  }
}

/** BullMQ doesn't run the job again, whatever attempts it has left. */
export class FailedForGood extends UnrecoverableError {
  constructor({ code }: Pick<ReceiverError, "code">) {
    super(textOf(code));
    this.name = "FailedForGood";
    this.stack = this.message;
  }
}

function textOf(code: ReceiverError["code"]): string {
  return `${code}: ${errorCodes[code].meaning}`;
}
