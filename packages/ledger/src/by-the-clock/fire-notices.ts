import { type NoticeThreshold, onDay } from "@receiver/client-file";
import { dayInAbidjan } from "@receiver/events";
import { sql } from "kysely";
import { announceChange, type FiredNotice, type Occasion, type Views } from "../apply/announce-change.ts";
import { type FileRow, lockFile } from "../apply/file-rows.ts";
import { saveViews, viewsIn } from "../apply/refold-file.ts";
import type { Rules } from "../rules.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction, type LockKey } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";

/** A file of whose documents something is due. */
export type NumberedFile = { companyId: string; fileNumber: string };
/** Where the next page begins. */
export type NoticeCursor = NumberedFile & { dueAt: Date };

export type FiredNotices = { told: { clientFileId: string; threshold: NoticeThreshold }[]; wakeUps: WakeUp[] };
const nothing: FiredNotices = { told: [], wakeUps: [] };

/** Longest due first; a file may be there more than once. */
export async function dueNotices(
  db: LedgerDatabase,
  { now, after, limit }: { now: Date; after: NoticeCursor | null; limit: number },
): Promise<NoticeCursor[]> {
  return db
    .selectFrom("document_notices")
    .select(["due_at as dueAt", "company_id as companyId", "file_number as fileNumber"])
    .where("status", "=", "pending")
    .where("due_at", "<=", now)
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(due_at, company_id, file_number) > (${after?.dueAt}, ${after?.companyId}, ${after?.fileNumber})`,
      ),
    )
    .orderBy("due_at")
    .orderBy("company_id")
    .orderBy("file_number")
    .limit(limit)
    .execute();
}

/**
 * Tells what is due of the file's documents, each once, and has the file's flags be those of the day. Of several thresholds of one document only
 * the most urgent is told: whoever learns late of a document hears how it is, not how it was. All is committed together.
 */
export async function fireNotices(
  db: LedgerDatabase,
  rules: Rules,
  { companyId, fileNumber }: NumberedFile,
  now: Date,
): Promise<FiredNotices> {
  return inTransaction(db, async (trx, foreseen) => {
    const file = await lockNumbered(trx, { companyId, fileNumber }, foreseen);
    if (!file) return nothing; // just being merged or parted: the next look finds who has it
    const fired: FiredNotices = { told: [], wakeUps: [] };
    for (const notice of await takeDue(trx, { companyId, fileNumber }, now)) {
      fired.wakeUps.push(...(await tellOf(trx, file, { now, rules, cause: null, notice })));
      fired.told.push({ clientFileId: file.id, threshold: notice.threshold });
    }
    return fired;
  });
}

async function lockNumbered(
  trx: LedgerTransaction,
  { companyId, fileNumber }: NumberedFile,
  foreseen: readonly LockKey[],
): Promise<FileRow | null> {
  const holder = await trx
    .selectFrom("client_files")
    .select("id")
    .where("company_id", "=", companyId)
    .where("file_number", "=", fileNumber)
    .executeTakeFirst();
  const file = holder ? await lockFile(trx, holder.id, foreseen) : null;
  return file?.fileNumber === fileNumber ? file : null;
}

/** Settles all that is due, and leaves to tell the one per document that has the fewest days left. */
async function takeDue(
  trx: LedgerTransaction,
  { companyId, fileNumber }: NumberedFile,
  now: Date,
): Promise<FiredNotice[]> {
  const due = await trx
    .updateTable("document_notices")
    .set({ status: "done" })
    .where("company_id", "=", companyId)
    .where("file_number", "=", fileNumber)
    .where("status", "=", "pending")
    .where("due_at", "<=", now)
    .returning(["document_id as documentId", "expires_on as expiresOn", "threshold"])
    .execute();
  const descending = due.toSorted((a, b) => b.threshold - a.threshold) as FiredNotice[];
  const byDocument = new Map(descending.map((notice) => [notice.documentId, notice]));
  return [...byDocument.values()].sort((a, b) => (a.documentId < b.documentId ? -1 : 1));
}

/** A version of its own, as a reminder has: a notice may be all that is new. */
async function tellOf(trx: LedgerTransaction, file: FileRow, occasion: Occasion): Promise<WakeUp[]> {
  const stored = await trx
    .selectFrom("client_files")
    .select(["view", "customer_view", "version"])
    .where("id", "=", file.id)
    .executeTakeFirstOrThrow();
  const before = viewsIn(stored);
  if (!before) return [];
  const today = dayInAbidjan(occasion.now.getTime());
  const after: Views = { whole: onDay(before.whole, today), customer: onDay(before.customer, today) };
  const version = stored.version + 1;
  await saveViews(trx, file.id, after, { version, heardAt: null });
  return announceChange(trx, { file, before, after, version }, occasion);
}
