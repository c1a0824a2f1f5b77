import { type Selectable, sql } from "kysely";
import { decodeCursor, type Page, pageOf } from "./queries/cursor.ts";
import { given } from "./queries/given.ts";
import type { AuditDetail, AuditLogTable } from "./tables/operators.ts";
import type { LedgerDatabase, LedgerTransaction } from "./transaction.ts";

/** `actor` did `action` to `target`, because of `reason`. `detail`: what was changed, or for whom. Nothing personal, no secret. */
export type AuditEntry = {
  actor: string;
  action: string;
  target: string;
  reason: string | null;
  detail?: AuditDetail;
};

export type AuditRecord = Required<Omit<AuditEntry, "detail">> & { id: string; at: string; detail: AuditDetail | null };

export type AuditFilter = {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** Who does something to the ledger, and why: where the form of a call has no room for a reason, it may be absent. */
export type Operator = { actor: string; reason?: string | null | undefined };

/** In the transaction of what it tells of: neither happens without the other. */
export async function writeAudit(trx: LedgerTransaction, { detail, ...entry }: AuditEntry): Promise<void> {
  await trx
    .insertInto("audit_log")
    .values({ ...entry, detail: detail === undefined ? null : JSON.stringify(detail) })
    .execute();
}

/** Newest first, by the order in which they were written. */
export async function listAudit(db: LedgerDatabase, filter: AuditFilter): Promise<Page<AuditRecord>> {
  const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const rows = await db
    .selectFrom("audit_log")
    .selectAll()
    .where((eb) =>
      eb.and([
        ...given(filter.actor, (actor) => eb("actor", "=", actor)),
        ...given(filter.action, (action) => eb("action", "=", action)),
        ...given(filter.target, (target) => eb("target", "=", target)),
        ...given(filter.from, (from) => eb("at", ">=", from)),
        ...given(filter.to, (to) => eb("at", "<", to)),
      ]),
    )
    .$if(after !== null, (query) => query.where(sql<boolean>`id < ${after?.id}::bigint`))
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit, (row) => ({ at: row.at, id: row.id }), recordOf);
}

function recordOf(row: Selectable<AuditLogTable>): AuditRecord {
  const { id, actor, action, target, reason, at, detail } = row;
  return { id, at: at.toISOString(), actor, action, target, reason, detail };
}
