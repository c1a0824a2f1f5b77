import { isReceiverError, ReceiverError } from "./receiver-error.ts";

/** A ReceiverError as it is; anything else as INTERNAL, with where it came from but none of its words. Never throws. */
export function toReceiverError(thrown: unknown): ReceiverError {
  return isReceiverError(thrown) ? thrown : new ReceiverError("INTERNAL", { cause: thrown });
}
