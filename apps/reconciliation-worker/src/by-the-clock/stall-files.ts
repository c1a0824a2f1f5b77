import type { StallLimits } from "@receiver/ledger";
import { type ClockTools, failedAlone, PAGE_SIZE } from "./clock-tools.ts";

/** Flags every file of which nothing was heard for too long, and tells so, once. Safe from several processes at once. */
export function createStallStep(tools: ClockTools, limits: StallLimits): () => Promise<void> {
  const { ledger, tell, logger, metrics, now, stopping } = tools;
  metrics.gauge(
    {
      name: "receiver_stalled_files",
      help: "Files of which nothing was heard for too long, by state",
      labels: ["state"],
    },
    async () => (await ledger.stalls.count()).map(({ state, files }) => ({ labels: { state }, value: files })),
  );
  const stall = async (clientFileId: string): Promise<boolean> => {
    const stalled = await ledger.stalls.raise(clientFileId, { limits, now: now() });
    if (stalled === null) return false;
    await tell(stalled.wakeUps, logger);
    logger.warn({ event: "file-stalled", clientFileId, kind: stalled.waitsFor });
    return true;
  };
  const failed = failedAlone(logger, "stall-failed");
  return async () => {
    for (let raised = true; raised && !stopping.aborted; ) {
      raised = false;
      for (const { clientFileId } of await ledger.stalls.find({ limits, now: now(), limit: PAGE_SIZE })) {
        if (stopping.aborted) return;
        if (await stall(clientFileId).catch(failed)) raised = true;
      }
    }
  };
}
