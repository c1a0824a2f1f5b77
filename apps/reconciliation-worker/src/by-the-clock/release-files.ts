import { type ClockTools, failedAlone, PAGE_SIZE } from "./clock-tools.ts";

/**
 * Releases every decision that waits for a word which CONFIRM no longer asks for: after a restart with a laxer one. Safe from several
 * processes at once. A file that fails holds up no other.
 */
export function createReleaseStep({ ledger, tell, logger, now, stopping }: ClockTools): () => Promise<void> {
  const release = async (clientFileId: string) => {
    const released = await ledger.releases.release(clientFileId, now());
    if (!released?.changed) return;
    await tell(released.wakeUps, logger);
    logger.info({ event: "decision-released", clientFileId, state: released.state });
  };
  return async () => {
    for (let after: string | null = null; ; ) {
      const page: string[] = await ledger.releases.find({ after, limit: PAGE_SIZE });
      for (const id of page) {
        if (stopping.aborted) return;
        await release(id).catch(failedAlone(logger, "release-failed"));
      }
      if (page.length < PAGE_SIZE) return;
      after = page.at(-1) ?? null;
    }
  };
}
