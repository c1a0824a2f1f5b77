import type { Ledger } from "@receiver/ledger";
import type { ErrorCode, Metrics } from "@receiver/runtime";
import type { Post } from "./deliver/post.ts";

/** What the processor works with. */
export type NotificationTools = {
  ledger: Pick<Ledger, "loadNotification" | "giveUpNotification" | "recordNotificationAttempt">;
  post: Post;
  /** `code` is null when the subscriber took it. */
  observe(outcome: "delivered" | "retry" | "failed", code: ErrorCode | null, latencyMs: number): void;
};

/** Once per process. */
export function notificationTools(tools: Omit<NotificationTools, "observe">, metrics: Metrics): NotificationTools {
  const answered = metrics.histogram({
    name: "receiver_subscriber_answer_seconds",
    help: "Attempts to tell a subscriber, from the first look at its URL to its answer, by what came of them",
    labels: ["outcome", "code"],
  });
  return {
    ...tools,
    observe: (outcome, code, latencyMs) => answered({ outcome, code: code ?? "none" }, latencyMs / 1_000),
  };
}
