import type { Node } from "@receiver/client-file";
import { ReceiverError } from "@receiver/runtime";
import type { DataKey, MasterKeys, SealedDataKey } from "@receiver/sealing";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { nodesOf } from "../apply/lock-keys.ts";
import type { LedgerTransaction } from "../transaction.ts";

/** Whose bodies a key seals: an id of a company's, or one delivery that belongs to no file. */
export type KeyOwner = ({ companyId: string } & Node) | { deliveryId: string };

/** What an event bears of its file. */
export type EventIds = { companyId: string; fileUuid: string | null; fileNumber: string | null };

/** A row of `data_keys`. `sealed`: null once it was destroyed. */
export type StoredKey = { id: string; owner: KeyOwner; sealed: { key: Buffer; masterVersion: string } | null };

export type KeyColumns = {
  key_id: string;
  company_id: string | null;
  home_space: Node["space"] | null;
  home_id: string | null;
  key_delivery_id: string | null;
  sealed_key: Buffer | null;
  master_version: string | null;
};

/** For a select that names the table `k`. */
export const keyColumns = [
  "k.id as key_id",
  "k.company_id",
  "k.home_space",
  "k.home_id",
  "k.delivery_id as key_delivery_id",
  "k.sealed_key",
  "k.master_version",
] as const;

export function storedKeyOf(row: KeyColumns): StoredKey {
  const { sealed_key: key, master_version: masterVersion } = row;
  const sealed = key !== null && masterVersion !== null ? { key, masterVersion } : null;
  return { id: row.key_id, owner: ownerIn(row), sealed };
}

function ownerIn({ company_id: companyId, home_space: space, home_id: id, key_delivery_id }: KeyColumns): KeyOwner {
  if (key_delivery_id !== null) return { deliveryId: key_delivery_id };
  if (companyId === null || space === null || id === null) throw new Error("a data key without an owner");
  return { companyId, space, id };
}

/** @throws ReceiverError BODY_ERASED, MASTER_KEY_MISSING, BODY_UNREADABLE */
export function openDataKey(masterKeys: MasterKeys, stored: StoredKey): DataKey {
  return masterKeys.openDataKey(sealedKeyOf(stored));
}

/** @throws ReceiverError BODY_ERASED */
export function sealedKeyOf({ id, owner, sealed }: StoredKey): SealedDataKey {
  if (sealed === null) throw new ReceiverError("BODY_ERASED");
  return { id, owner: spelt(owner), sealed: sealed.key, masterVersion: sealed.masterVersion };
}

const spelt = (owner: KeyOwner): string =>
  JSON.stringify("deliveryId" in owner ? ["delivery", owner.deliveryId] : [owner.companyId, owner.space, owner.id]);

/** An event belongs to the file of its number where it bears one, and to the file of its uuid otherwise. */
export function ownerOf(ids: EventIds): KeyOwner {
  return { companyId: ids.companyId, ...(nodesOf(ids).at(-1) as Node) };
}

/** The keys of every id that the event bears, and of those that its file holds beside them. */
export async function keysAround(trx: LedgerTransaction, ids: EventIds): Promise<StoredKey[]> {
  const { companyId, fileUuid, fileNumber } = ids;
  const isFile = fileNumber === null ? sql`f.file_uuid = ${fileUuid}` : sql`f.file_number = ${fileNumber}`;
  const file = (column: "file_uuid" | "file_number") =>
    sql`(select ${sql.ref(`f.${column}`)} from client_files f where f.company_id = ${companyId} and ${isFile})`;
  const rows = await trx
    .selectFrom("data_keys as k")
    .select(keyColumns)
    .where("k.company_id", "=", companyId)
    .where(
      sql<boolean>`(k.home_space = 'uuid' and k.home_id in (${fileUuid}, ${file("file_uuid")})
        or k.home_space = 'number' and k.home_id in (${fileNumber}, ${file("file_number")}))`,
    )
    .execute();
  return rows.map(storedKeyOf);
}

export function findOwn(known: readonly StoredKey[], owner: KeyOwner): StoredKey | undefined {
  return known.find((key) => spelt(key.owner) === spelt(owner));
}

/** The owner's key: one of those that are known, or else made. Two at once make one. */
export async function keyOf(
  trx: LedgerTransaction,
  masterKeys: MasterKeys,
  { owner, known }: { owner: KeyOwner; known: readonly StoredKey[] },
  now: Date,
): Promise<StoredKey> {
  const own = findOwn(known, owner);
  if (own) return own;
  const { stored } = masterKeys.createDataKey(uuidv7(), spelt(owner));
  const sealed = { key: Buffer.from(stored.sealed), masterVersion: stored.masterVersion };
  const columns = { sealed_key: sealed.key, master_version: sealed.masterVersion, created_at: now, destroyed_at: null };
  const inserted = await trx
    .insertInto("data_keys")
    .values({ id: stored.id, ...ownerColumns(owner), ...columns })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  const made = inserted ? { id: stored.id, owner, sealed } : await findKey(trx, owner);
  if (!made) throw new Error("a data key that was just made is not there");
  return made;
}

async function findKey(trx: LedgerTransaction, owner: KeyOwner): Promise<StoredKey | null> {
  const found = trx.selectFrom("data_keys as k").select(keyColumns);
  const row = await ("deliveryId" in owner
    ? found.where("k.delivery_id", "=", owner.deliveryId)
    : found
        .where("k.company_id", "=", owner.companyId)
        .where("k.home_space", "=", owner.space)
        .where("k.home_id", "=", owner.id)
  ).executeTakeFirst();
  return row ? storedKeyOf(row) : null;
}

function ownerColumns(owner: KeyOwner) {
  const isDelivery = "deliveryId" in owner;
  return {
    company_id: isDelivery ? null : owner.companyId,
    home_space: isDelivery ? null : owner.space,
    home_id: isDelivery ? null : owner.id,
    delivery_id: isDelivery ? owner.deliveryId : null,
  };
}
