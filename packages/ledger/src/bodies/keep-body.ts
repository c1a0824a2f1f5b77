import { type MasterKeys, sealUnder } from "@receiver/sealing";
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
  if (erased) return replaceBody(trx, stored, { body: Buffer.alloc(0), data_key_id: erased.id });
  if (masterKeys === null) return;

  const owner = ids === null ? { deliveryId } : ownerOf(ids);
  const key = await keyOf(trx, masterKeys, { owner, known: around }, now);
  if (key.id === stored.key?.id) return;
  const body = sealUnder(openDataKey(masterKeys, key), plain, deliveryId);
  await replaceBody(trx, stored, { body, data_key_id: key.id });
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

async function replaceBody(
  trx: LedgerTransaction,
  { deliveryId, key }: StoredBody,
  kept: { body: Buffer; data_key_id: string },
): Promise<void> {
  await trx.updateTable("delivery_bodies").set(kept).where("delivery_id", "=", deliveryId).execute();
  // Its own key, from when it belonged to no file, seals nothing any more.
  if (key && key.id !== kept.data_key_id && "deliveryId" in key.owner)
    await trx.deleteFrom("data_keys").where("id", "=", key.id).execute();
}
