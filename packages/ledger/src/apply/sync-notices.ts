import { type ClientFileView, noticesFor } from "@receiver/client-file";
import { sql } from "kysely";
import type { LedgerTransaction } from "../transaction.ts";
import type { FileRow } from "./file-rows.ts";

/**
 * Makes the notices of a file those that its documents ask for: of a day that is no longer read on them what is pending is cancelled. What was told
 * stays told.
 */
export async function syncNotices(
  trx: LedgerTransaction,
  { companyId, fileNumber }: Pick<FileRow, "companyId" | "fileNumber">,
  { before, after }: { before: ClientFileView | null; after: ClientFileView },
): Promise<void> {
  if (fileNumber === null) return;
  const wanted = noticesFor(after.documents);
  if (wanted.length === 0 && noticesFor(before?.documents ?? []).length === 0) return; // most refolds
  const columns = [
    sql`${wanted.map(({ documentId }) => documentId)}::text[]`,
    sql`${wanted.map(({ expiresOn }) => expiresOn)}::text[]`,
    sql`${wanted.map(({ threshold }) => threshold)}::integer[]`,
    sql`${wanted.map(({ dueAt }) => new Date(dueAt))}::timestamptz[]`,
  ];
  await sql`
    with wanted (document_id, expires_on, threshold, due_at) as (select * from unnest(${sql.join(columns)})),
    cancelled as (
      update document_notices set status = 'cancelled'
      where company_id = ${companyId} and file_number = ${fileNumber} and status = 'pending'
        and (document_id, expires_on) not in (select document_id, expires_on from wanted)
    )
    insert into document_notices as known (company_id, file_number, document_id, expires_on, threshold, due_at)
    select ${companyId}, ${fileNumber}, wanted.* from wanted
    on conflict (company_id, file_number, document_id, expires_on, threshold) do update set status = 'pending'
    where known.status = 'cancelled'`.execute(trx);
}
