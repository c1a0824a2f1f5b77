import type { Selectable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type Operator, writeAudit } from "./audit.ts";
import { decodeCursor, type Page, pageOf } from "./queries/cursor.ts";
import type { MachineCredentialsTable } from "./tables/operators.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

/** Whom a machine credential stands for, of which companies it may read, and what. */
export type MachineCredential = {
  id: string;
  name: string;
  companyIds: string[];
  scopes: string[];
  createdAt: string;
  createdBy: string;
  /** To the minute. */
  lastUsedAt: string | null;
  expiresAt: string;
  revokedAt: string | null;
};

export type NewMachineCredential = Pick<MachineCredential, "name" | "companyIds" | "scopes"> & {
  secretDigest: string;
  expiresAt: Date;
};

/** A machine calls many times a minute: used within this, its credential isn't written again. */
const USED_WITHIN_MS = 60_000;

export async function createMachineCredential(
  db: LedgerDatabase,
  { name, companyIds, scopes, secretDigest, expiresAt }: NewMachineCredential,
  { actor, reason = null, now }: Operator & { now: Date },
): Promise<MachineCredential> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .insertInto("machine_credentials")
      .values({
        id: uuidv7(),
        name,
        company_ids: companyIds,
        scopes,
        secret_digest: secretDigest,
        created_at: now,
        created_by: actor,
        last_used_at: null,
        expires_at: expiresAt,
        revoked_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const detail = { name, companyIds, scopes, expiresAt: expiresAt.toISOString() };
    await writeAudit(trx, { actor, action: "credential.create", target: row.id, reason, detail });
    return credentialOf(row);
  });
}

/** Newest first, also those that have ended: who could read what, and when, is asked afterwards. */
export async function listMachineCredentials(
  db: LedgerDatabase,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<MachineCredential>> {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await db
    .selectFrom("machine_credentials")
    .selectAll()
    .$if(after !== null, (query) => query.where("id", "<", after?.id ?? ""))
    .orderBy("id", "desc") // ids begin with their time
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, (row) => ({ at: row.created_at, id: row.id }), credentialOf);
}

/** For good. False when there is none, or it was revoked before. */
export async function revokeMachineCredential(
  db: LedgerDatabase,
  id: string,
  { actor, reason = null, now }: Operator & { now: Date },
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable("machine_credentials")
      .set({ revoked_at: now })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .returning("name")
      .executeTakeFirst();
    if (!row) return false;
    const detail = { name: row.name };
    await writeAudit(trx, { actor, action: "credential.revoke", target: id, reason, detail });
    return true;
  });
}

/** One that is in force, with the digest to compare what was sent with. */
export async function findMachineCredential(
  db: LedgerDatabase,
  id: string,
  now: Date,
): Promise<{ credential: MachineCredential; secretDigest: string } | null> {
  const row = await db
    .selectFrom("machine_credentials")
    .selectAll()
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row ? { credential: credentialOf(row), secretDigest: row.secret_digest } : null;
}

/** Only after its secret was right. */
export async function recordCredentialUse(db: LedgerDatabase, id: string, now: Date): Promise<void> {
  await db
    .updateTable("machine_credentials")
    .set({ last_used_at: now })
    .where("id", "=", id)
    .where((eb) =>
      eb.or([eb("last_used_at", "is", null), eb("last_used_at", "<=", new Date(now.getTime() - USED_WITHIN_MS))]),
    )
    .execute();
}

function credentialOf(row: Selectable<MachineCredentialsTable>): MachineCredential {
  return {
    id: row.id,
    name: row.name,
    companyIds: row.company_ids,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
