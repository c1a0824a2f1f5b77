import { type ErrorCode, toReceiverError } from "@receiver/runtime";
import type { MasterKeys, SealedDataKey } from "@receiver/sealing";
import { sql } from "kysely";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { type KeyColumns, keyColumns, sealedKeyOf, storedKeyOf } from "./data-keys.ts";
import { expectKeys } from "./open-body.ts";

export type ResealedPage = {
  resealed: number;
  failing: { keyId: string; code: ErrorCode }[];
  /** Of the last one looked at; null: there are no more. */
  next: string | null;
};

/**
 * Seals the next data keys that are under an older master key, and that one is known, under the current one. No body is touched.
 * Whoever opens a body meanwhile finds the key under one of the two. One that can't be opened is told of and keeps nothing from
 * the others.
 *
 * @param after "" begins
 * @throws ReceiverError MASTER_KEY_MISSING without any
 */
export async function resealDataKeys(
  db: LedgerDatabase,
  keys: MasterKeys | null,
  { after, limit }: { after: string; limit: number },
): Promise<ResealedPage> {
  const masterKeys = expectKeys(keys);
  const older = masterKeys.versions.filter((version) => version !== masterKeys.current);
  if (older.length === 0) return { resealed: 0, failing: [], next: null };
  return inTransaction(db, async (trx) => {
    const rows = await trx
      .selectFrom("data_keys as k")
      .select(keyColumns)
      .where("k.sealed_key", "is not", null)
      .where("k.master_version", "in", older)
      .$if(after !== "", (query) => query.where("k.id", ">", after))
      .orderBy("k.id")
      .limit(limit)
      .forNoKeyUpdate()
      .execute();
    const { fresh, failing } = resealEach(masterKeys, rows);
    await sql`
      update data_keys k set sealed_key = fresh.sealed, master_version = ${masterKeys.current}
      from unnest(
        ${fresh.map(({ id }) => id)}::uuid[],
        ${fresh.map(({ sealed }) => Buffer.from(sealed))}::bytea[]
      ) as fresh (id, sealed) where fresh.id = k.id`.execute(trx);
    const next = rows.length < limit ? null : (rows.at(-1)?.key_id ?? null);
    return { resealed: fresh.length, failing, next };
  });
}

function resealEach(masterKeys: MasterKeys, rows: readonly KeyColumns[]) {
  const fresh: SealedDataKey[] = [];
  const failing: ResealedPage["failing"] = [];
  for (const row of rows) {
    try {
      fresh.push(masterKeys.resealDataKey(sealedKeyOf(storedKeyOf(row))));
    } catch (thrown) {
      failing.push({ keyId: row.key_id, code: toReceiverError(thrown).code });
    }
  }
  return { fresh, failing };
}
