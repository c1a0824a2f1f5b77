import { queueNames } from "@receiver/queues";
import { type ReceiverError, toReceiverError } from "@receiver/runtime";
import { announceQuarantined } from "./announce-quarantined.ts";
import { assertPauses } from "./assert-pauses.ts";
import { createRowSweep } from "./sweep-rows.ts";
import type { SweepTools } from "./sweep-tools.ts";
import { watchBacklog } from "./watch-backlog.ts";

/**
 * One look at everything that should have happened by now. Safe from several processes at once: publishing the same job
 * twice is one job, and an epoch is raised by comparing it. Never rejects: a step that fails is logged, and so is missing
 * infrastructure, which ends the sweep; the next one tries again.
 */
export function createSweeper(
  tools: SweepTools,
  settings: { afterMs: number; backlogWarnAfterMs: number },
): () => Promise<void> {
  const { logger, stopping } = tools;
  const sweepRows = createRowSweep(tools, settings.afterMs);
  const steps = [
    watchBacklog(tools, settings.backlogWarnAfterMs), // asks the ledger alone, so it also tells while the queues are away
    () => assertPauses(tools), // before anything is published: it must not run in a queue that an operator holds
    () => announceQuarantined(tools),
    ...queueNames.map((queue) => () => sweepRows(queue)),
  ];
  return async () => {
    for (const step of steps) {
      const error = stopping.aborted ? null : await failureOf(step);
      if (error !== null) logger.warn({ event: "sweep-step-failed", err: error });
      if (error?.infrastructure) return;
    }
  };
}

async function failureOf(step: () => Promise<void>): Promise<ReceiverError | null> {
  try {
    await step();
    return null;
  } catch (thrown) {
    return toReceiverError(thrown);
  }
}
