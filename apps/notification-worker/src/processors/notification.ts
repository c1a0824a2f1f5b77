import type { AttemptRecord } from "@receiver/ledger";
import { queues } from "@receiver/queues";
import { ReceiverError } from "@receiver/runtime";
import type { Processor } from "@receiver/worker";
import { type Consequence, consequenceOf } from "../consequence.ts";
import type { Attempt } from "../deliver/post.ts";
import type { NotificationTools } from "../notification-tools.ts";

const { attempts: limit, backoff } = queues.NOTIFICATION;

/**
 * Tells one subscriber one thing, at least once and always under the same id. The row counts the attempts, and outlives
 * its jobs: the error carries the row's next time, so that the queue keeps it too.
 */
export const notification: Processor<"NOTIFICATION", NotificationTools> = {
  async process({ data, epoch, logger }, { ledger, post, observe }) {
    const loaded = await ledger.loadNotification(data.notificationId, epoch);
    if (loaded.kind === "not-found") throw new ReceiverError("NOTIFICATION_NOT_FOUND");
    if (loaded.kind === "settled") return logger.debug({ event: "notification-already-settled" });
    if (loaded.kind === "unwanted") {
      await ledger.giveUpNotification({ id: data.notificationId, epoch }, new Date());
      return logger.info({ event: "notification-unwanted" });
    }

    const { attempts, ...message } = loaded.notification;
    const attempt = await post(message);
    const consequence = consequenceOf(attempt.answer, { attempts, limit, backoff });
    await ledger.recordNotificationAttempt({ id: message.id, epoch }, recordOf(attempt, consequence));

    const { outcome } = consequence;
    observe(outcome, outcome === "delivered" ? null : consequence.code, attempt.latencyMs);
    if (outcome === "delivered") {
      return logger.info({ event: "notification-delivered", durationMs: attempt.latencyMs, attempts: attempts + 1 });
    }
    if (outcome === "failed") throw new ReceiverError(consequence.code);
    throw new ReceiverError(consequence.code, { retryInMs: consequence.inMs });
  },

  async failedForGood({ data, epoch }, error, { ledger }) {
    if (error.retryInMs !== null) return; // the row has attempts left: when the next is due, the sweeper makes a job for it
    const loaded = await ledger.loadNotification(data.notificationId, epoch);
    if (loaded.kind !== "send") return; // recorded with its last attempt
    const attempt = { startedAt: new Date(), latencyMs: 0, httpStatus: null, code: error.code };
    await ledger.recordNotificationAttempt({ id: data.notificationId, epoch }, { ...attempt, outcome: "failed" });
  },
};

function recordOf({ startedAt, latencyMs, answer }: Attempt, consequence: Consequence): AttemptRecord {
  const httpStatus = answer.kind === "answered" ? answer.httpStatus : null;
  const attempt = { startedAt, latencyMs, httpStatus };
  if (consequence.outcome === "delivered") return { ...attempt, code: null, outcome: "delivered" };
  const { code } = consequence;
  if (consequence.outcome === "failed") return { ...attempt, code, outcome: "failed" };
  return { ...attempt, code, outcome: "retry", nextAttemptAt: new Date(Date.now() + consequence.inMs) };
}
