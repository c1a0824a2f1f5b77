import { type MasterKeys, sealUnder } from "@receiver/sealing";
import { sql } from "kysely";
import { isHeld } from "../erasure/relationship.ts";
import type { LedgerTransaction } from "../transaction.ts";
import { type EventIds, findOwn, keyOf, keysAround, openDataKey, ownerOf, type StoredKey } from "./data-keys.ts";
import type { StoredBody } from "./open-body.ts";

/** An opened body, and where it is to be kept: with its file, or where `ids` is null by itself. */
export type OpenedBody = { stored: StoredBody; plain: Buffer; ids: EventIds | null };

/**
 * Seals a body under the key of whom it belongs to, and blanks it where he was erased: who was erased stays erased, whatever comes
 * late. Without master keys it stays as it is.
 */
export async function keepBody(
  trx: LedgerTransaction,
  masterKeys: MasterKeys | null,
  { stored, plain, ids }: OpenedBody,
  now: Date,
): Promise<void> {
  const { deliveryId } = stored;
  const around = ids === null ? [] : await keysAround(trx, ids);
  const erased = ids === null ? null : await erasedBy(trx, { stored, ids, around });
  if (erased) return blankBody(trx, stored, erased);
  if (masterKeys === null) return;

  const owner = ids === null ? { deliveryId } : ownerOf(ids);
  const key = await keyOf(trx, masterKeys, { owner, known: around }, now);
  if (key.id === stored.key?.id) return;
  const body = sealUnder(openDataKey(masterKeys, key), plain, deliveryId);
  await replaceBody(trx, deliveryId, { body, data_key_id: key.id });
}

/**
 * The destroyed key that says that a body is not to be kept: its owner's, or while its owner has none yet another one of the same
 * file's. What was kept before is not lost by a link to who was erased, which may be wrong: erasing it is for an operator or a
 * deadline, who ask for holds and leave an audit.
 */
async function erasedBy(
  trx: LedgerTransaction,
  { stored, ids, around }: { stored: StoredBody; ids: EventIds; around: readonly StoredKey[] },
): Promise<StoredKey | null> {
  const own = findOwn(around, ownerOf(ids));
  if (own) return own.sealed === null ? own : null;
  const wasKept = stored.ids !== null; // plain, since its owner has no key
  const other = around.find(({ sealed }) => sealed === null);
  if (!other || wasKept || (await isHeld(trx, ids))) return null;
  return other;
}

/** Under a key that was destroyed. One of its own, from when it belonged to no file, goes too: a backup may hold the body under it. */
export async function blankBody(trx: LedgerTransaction, { deliveryId }: StoredBody, { id }: StoredKey): Promise<void> {
  await replaceBody(trx, deliveryId, { body: Buffer.alloc(0), data_key_id: id });
  await sql`
    update data_keys own
    set sealed_key = null, master_version = null, destroyed_at = gone.destroyed_at, destroyed_by = gone.destroyed_by
    from data_keys gone
    where gone.id = ${id} and own.delivery_id = ${deliveryId} and own.destroyed_at is null`.execute(trx);
}

/** A key that it was under before stays until it is erased: a backup may hold the body as it was. */
async function replaceBody(
  trx: LedgerTransaction,
  deliveryId: string,
  kept: { body: Buffer; data_key_id: string },
): Promise<void> {
  await trx.updateTable("delivery_bodies").set(kept).where("delivery_id", "=", deliveryId).execute();
}
