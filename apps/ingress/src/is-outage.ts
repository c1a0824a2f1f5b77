import { toReceiverError } from "@receiver/runtime";

/** Whether it says something of Postgres, and nothing of the delivery: that it is away, say, or drowns in work. */
export function isOutage(thrown: unknown): boolean {
  const { infrastructure, code } = toReceiverError(thrown);
  return infrastructure || code === "DATABASE_CONTENTION";
}
