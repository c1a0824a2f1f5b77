import { ReceiverError } from "@receiver/runtime";
import type { DeliveryTools, Processor } from "@receiver/worker";

/** A timer of a retry is due: ask, remind or escalate, unless a newer result made it obsolete. */
export const retryFollowUp: Processor<"RETRY_FOLLOW_UP", Pick<DeliveryTools, "ledger" | "tell">> = {
  async process({ data, logger }, { ledger, tell }) {
    const outcome = await ledger.fireFollowUp(data.followUpId, new Date());
    switch (outcome.kind) {
      case "not-found":
        throw new ReceiverError("FOLLOW_UP_NOT_FOUND");
      case "obsolete":
        return logger.debug({ event: "follow-up-obsolete" });
      case "not-due":
        logger.info({ event: "follow-up-postponed" });
        return tell(outcome.wakeUps, logger);
      case "done":
        logger.info({ event: "follow-up-fired" });
        return tell(outcome.wakeUps, logger);
    }
  },

  /** A timer doesn't fail: its row stays pending, and the sweeper sends it again until the defect is gone. */
  failedForGood: async () => {},
};
