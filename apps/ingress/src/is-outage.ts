import { toReceiverError } from "@receiver/runtime";

/** Whether it says something of Postgres, and nothing of the delivery: that it is away, say, or drowns in work. */
export function isOutage(thrown: unknown): boolean {
  return toReceiverError(thrown).infrastructure || isContention(thrown);
}

/** It is there, but others were in the way, or it took too long. */
export function isContention(thrown: unknown): boolean {
  return toReceiverError(thrown).code === "DATABASE_CONTENTION";
}
