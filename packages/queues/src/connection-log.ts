import { type Logger, ReceiverError } from "@receiver/runtime";
import type { Backend } from "./backend.ts";

export type ConnectionLog = { failed(cause: unknown): void; recovered(): void };

/** Drivers report every try to reconnect, several times a second: this logs the first failure, and when it is over. */
export function connectionLog(logger: Logger, unavailable: Backend["unavailable"]): ConnectionLog {
  let failing = false;
  return {
    failed(cause) {
      if (failing) return;
      failing = true;
      logger.warn({ event: "queue-backend-failing", err: new ReceiverError(unavailable, { cause }) });
    },
    recovered() {
      if (!failing) return;
      failing = false;
      logger.info({ event: "queue-backend-recovered" });
    },
  };
}
