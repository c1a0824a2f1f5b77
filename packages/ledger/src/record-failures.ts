import type { LedgerDatabase } from "./transaction.ts";

/** `frames`: where it was thrown, without its message. */
export type FailureReport = { code: string; frames: readonly string[] };

/** One more attempt of a delivery ended badly; others will follow. */
export async function recordDeliveryAttempt(db: LedgerDatabase, id: string, failure: FailureReport): Promise<void> {
  await db
    .updateTable("deliveries")
    .set((eb) => ({ attempts: eb("attempts", "+", 1), ...reported(failure) }))
    .where("id", "=", id)
    .where("status", "=", "pending")
    .execute();
}

/** Its attempts are used up. The epoch keeps a straggling job from failing a delivery that was redriven meanwhile. */
export async function recordDeliveryFailure(
  db: LedgerDatabase,
  id: string,
  failure: FailureReport & { epoch: number; now: Date },
): Promise<void> {
  await db
    .updateTable("deliveries")
    .set((eb) => ({
      status: "failed",
      settled_at: failure.now,
      attempts: eb("attempts", "+", 1),
      ...reported(failure),
    }))
    .where("id", "=", id)
    .where("status", "=", "pending")
    .where("epoch", "=", failure.epoch)
    .execute();
}

const reported = ({ code, frames }: FailureReport) => ({
  error_code: code,
  error_frames: frames.length === 0 ? null : frames.join("\n"),
});
