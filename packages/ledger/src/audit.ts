import type { LedgerDatabase, LedgerTransaction } from "./transaction.ts";

/** `actor` did `action` to `target`, because of `reason`. */
export type AuditEntry = { actor: string; action: string; target: string; reason: string | null };

/** In the transaction of what it tells of: neither happens without the other. */
export async function writeAudit(trx: LedgerTransaction, entry: AuditEntry): Promise<void> {
  await trx.insertInto("audit_log").values(entry).execute();
}

/** Newest first. */
export async function listAudit(db: LedgerDatabase, limit: number): Promise<(AuditEntry & { at: string })[]> {
  const rows = await db.selectFrom("audit_log").selectAll().orderBy("id", "desc").limit(limit).execute();
  return rows.map(({ actor, action, target, reason, at }) => ({ actor, action, target, reason, at: at.toISOString() }));
}
