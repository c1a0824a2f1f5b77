import type { NoticeCursor } from "@receiver/ledger";
import { type ClockTools, failedAlone, PAGE_SIZE } from "./clock-tools.ts";

/**
 * Tells of every document whose day has come. Safe from several processes at once: a notice is told in the transaction that settles it. A file
 * that fails holds up no other.
 */
export function createNoticeStep({ ledger, tell, logger, metrics, now, stopping }: ClockTools): () => Promise<void> {
  const count = metrics.counter({
    name: "receiver_document_notices_total",
    help: "Documents that run out and were told of, by the days that they have left",
    labels: ["kind"],
  });
  const tellOf = async (file: NoticeCursor) => {
    const { told, wakeUps } = await ledger.notices.fire(file, now());
    await tell(wakeUps, logger);
    for (const { clientFileId, threshold } of told) {
      const kind = `days-${threshold}`;
      count({ kind });
      logger.info({ event: "document-notice", clientFileId, kind });
    }
  };
  return async () => {
    let after: NoticeCursor | null = null;
    do {
      const page: NoticeCursor[] = await ledger.notices.due({ now: now(), after, limit: PAGE_SIZE });
      for (const file of page) {
        if (stopping.aborted) return;
        await tellOf(file).catch(failedAlone(logger, "document-notice-failed"));
      }
      after = page.length < PAGE_SIZE ? null : (page.at(-1) ?? null);
    } while (after !== null);
  };
}
