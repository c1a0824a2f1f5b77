import { defaultStatusMap, type StatusMap } from "@receiver/client-file";
import { expressionBuilder } from "kysely";
import { takeLocks } from "./apply/lock-keys.ts";
import { writeAudit } from "./audit.ts";
import type { LedgerTables } from "./tables.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";

export type VersionedStatusMap = {
  version: number;
  entries: StatusMap;
  createdAt: Date | null;
  createdBy: string;
  reason: string;
};

/** Who writes a version holds it. */
const LOCK = "status-map";

/** Version 0, in force until an operator writes another. */
const documented: VersionedStatusMap = {
  version: 0,
  entries: defaultStatusMap,
  createdAt: null,
  createdBy: "default",
  reason: "the documented and presumed statuses",
};

/** The map in force, as a column of another query, which spares one; null where nobody has written any. */
export const entriesInForce = expressionBuilder<LedgerTables>()
  .selectFrom("status_maps")
  .select("entries")
  .orderBy("version", "desc")
  .limit(1);

export const readEntries = (column: unknown): StatusMap => (column as StatusMap | null) ?? documented.entries;

export async function currentStatusMap(db: LedgerDatabase): Promise<VersionedStatusMap> {
  const row = await db.selectFrom("status_maps").selectAll().orderBy("version", "desc").limit(1).executeTakeFirst();
  if (!row) return documented;
  const { version, entries, created_at, created_by, reason } = row;
  return { version, entries: entries as StatusMap, createdAt: created_at, createdBy: created_by, reason };
}

/**
 * Adds a version; the files keep their states until they are folded again.
 *
 * @param by `version`: the one that was seen. Left out: whatever is in force is replaced
 * @returns null where another version than the one that was seen is in force: it may have rows that these entries lack
 */
export async function replaceStatusMap(
  db: LedgerDatabase,
  entries: StatusMap,
  by: { actor: string; reason: string; version?: number | undefined },
): Promise<VersionedStatusMap | null> {
  return inTransaction(db, async (trx) => {
    await takeLocks(trx, [LOCK]);
    const seen = await currentStatusMap(trx);
    if (by.version !== undefined && by.version !== seen.version) return null;
    await insertVersion(trx, entries, by);
    const current = await currentStatusMap(trx);
    const target = `version ${current.version}`;
    await writeAudit(trx, { actor: by.actor, action: "status-map.replace", target, reason: by.reason });
    return current;
  });
}

/** Writes `entries` as the first version unless there is one. */
export async function seedStatusMap(db: LedgerDatabase, entries: StatusMap): Promise<void> {
  await inTransaction(db, async (trx) => {
    await takeLocks(trx, [LOCK]); // several processes start at once
    const current = await currentStatusMap(trx);
    if (current.version > 0) return;
    await insertVersion(trx, entries, { actor: "STATUS_MAP", reason: "seeded from the environment" });
  });
}

async function insertVersion(
  trx: LedgerTransaction,
  entries: StatusMap,
  by: { actor: string; reason: string },
): Promise<void> {
  await trx
    .insertInto("status_maps")
    .values({ entries: JSON.stringify(entries), created_by: by.actor, reason: by.reason })
    .execute();
}
