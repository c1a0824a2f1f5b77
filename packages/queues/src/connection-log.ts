import type { Logger } from "@receiver/runtime";

export type ConnectionLog = { failed(cause: unknown): void; recovered(): void };

/** Drivers report every try to reconnect, several times a second: this logs the first failure, and when it is over. */
export function connectionLog(logger: Logger): ConnectionLog {
  let failing = false;
  return {
    failed(cause) {
      if (failing) return;
      failing = true;
      logger.warn({ event: "queue-backend-failing", err: cause });
    },
    recovered() {
      if (!failing) return;
      failing = false;
      logger.info({ event: "queue-backend-recovered" });
    },
  };
}
