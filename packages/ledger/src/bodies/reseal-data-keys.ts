import type { MasterKeys } from "@receiver/sealing";
import { sql } from "kysely";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { keyColumns, sealedKeyOf, storedKeyOf } from "./data-keys.ts";
import { expectKeys } from "./open-body.ts";

/**
 * Seals the next data keys that are under an older master key, and that one is known, under the current one. No body is touched.
 * Whoever opens a body meanwhile finds the key under one of the two.
 *
 * @returns how many; 0: there are no more
 * @throws ReceiverError MASTER_KEY_MISSING without any
 */
export async function resealDataKeys(db: LedgerDatabase, keys: MasterKeys | null, limit: number): Promise<number> {
  const masterKeys = expectKeys(keys);
  const older = masterKeys.versions.filter((version) => version !== masterKeys.current);
  if (older.length === 0) return 0;
  return inTransaction(db, async (trx) => {
    const rows = await trx
      .selectFrom("data_keys as k")
      .select(keyColumns)
      .where("k.sealed_key", "is not", null)
      .where("k.master_version", "in", older)
      .orderBy("k.master_version")
      .orderBy("k.id")
      .limit(limit)
      .forNoKeyUpdate()
      .execute();
    const resealed = rows.map((row) => masterKeys.resealDataKey(sealedKeyOf(storedKeyOf(row))));
    await sql`
      update data_keys k set sealed_key = fresh.sealed, master_version = ${masterKeys.current}
      from unnest(
        ${resealed.map(({ id }) => id)}::uuid[],
        ${resealed.map(({ sealed }) => Buffer.from(sealed))}::bytea[]
      ) as fresh (id, sealed) where fresh.id = k.id`.execute(trx);
    return rows.length;
  });
}
