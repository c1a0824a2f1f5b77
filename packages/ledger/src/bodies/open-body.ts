import { ReceiverError } from "@receiver/runtime";
import { isEnvelope, type MasterKeys, openUnder, readEnvelope } from "@receiver/sealing";
import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";
import { type EventIds, type KeyColumns, keyColumns, openDataKey, type StoredKey, storedKeyOf } from "./data-keys.ts";

/** A body as it is stored, with what opens it. `ids`: of the event that was made of it; null while there is none. */
export type StoredBody = { deliveryId: string; bytes: Buffer; key: StoredKey | null; ids: EventIds | null };

/** `wasRead`: an event was made of it. */
export type DeliveryWithBody = {
  id: string;
  status: string;
  received_at: Date;
  wasRead: boolean;
  stored: StoredBody;
};

/**
 * The key that a body is under. One that is under none, because a backup brought it back as it was before, is erased where its
 * delivery's own key was destroyed since; while that one lives, the bytes are what they say.
 */
const bodyKey = sql<boolean>`(k.id = b.data_key_id
  or b.data_key_id is null and k.delivery_id = b.delivery_id and k.destroyed_at is not null)`;

/** Null: no delivery bears the id, or its body was removed. */
export async function readDelivery(db: LedgerDatabase, deliveryId: string): Promise<DeliveryWithBody | null> {
  const row = await db
    .selectFrom("deliveries as d")
    .innerJoin("delivery_bodies as b", "b.delivery_id", "d.id")
    .leftJoin("data_keys as k", (join) => join.on(bodyKey))
    .leftJoin("events as e", "e.id", "d.id") // an event bears the id of its delivery
    .select(["d.id", "d.status", "d.received_at", "b.body"])
    .select(keyColumns)
    .select(["e.company_id as event_company", "e.file_uuid", "e.file_number"])
    .where("d.id", "=", deliveryId)
    .executeTakeFirst();
  if (!row) return null;
  const { id, status, received_at, body, key_id, event_company: companyId, file_uuid, file_number } = row;
  const key = key_id === null ? null : storedKeyOf({ ...row, key_id } satisfies KeyColumns);
  const ids = companyId === null ? null : { companyId, fileUuid: file_uuid, fileNumber: file_number };
  return { id, status, received_at, wasRead: ids !== null, stored: { deliveryId, bytes: body, key, ids } };
}

/**
 * The one way from a stored body to what Danaya sent: plain, sealed to the intake, or under a data key.
 *
 * @param masterKeys null: only what is plain can be read
 * @throws ReceiverError BODY_ERASED, MASTER_KEY_MISSING, BODY_UNREADABLE
 */
export async function openBody(masterKeys: MasterKeys | null, { deliveryId, bytes, key }: StoredBody): Promise<Buffer> {
  if (key?.sealed === null) throw new ReceiverError("BODY_ERASED");
  if (!isEnvelope(bytes)) return plain(bytes, key);
  const envelope = readEnvelope(bytes);
  if (envelope === null) throw new ReceiverError("BODY_UNREADABLE");
  const keys = expectKeys(masterKeys);
  if (key === null) return keys.openIntake(envelope, deliveryId);
  return openUnder(openDataKey(keys, key), envelope, deliveryId);
}

/** Null where its key was destroyed. Otherwise {@link openBody}. */
export async function openUnlessErased(masterKeys: MasterKeys | null, stored: StoredBody): Promise<Buffer | null> {
  return stored.key?.sealed === null ? null : openBody(masterKeys, stored);
}

/** As long as where one of several versions is missing. */
const MISSING_RETRY_MS = 30_000;

/** @throws ReceiverError MASTER_KEY_MISSING */
export function expectKeys(masterKeys: MasterKeys | null): MasterKeys {
  if (masterKeys === null) throw new ReceiverError("MASTER_KEY_MISSING", { retryInMs: MISSING_RETRY_MS });
  return masterKeys;
}

/** A row that names a key and bears plain bytes was not written by us. */
function plain(bytes: Buffer, key: StoredKey | null): Buffer {
  if (key !== null) throw new ReceiverError("BODY_UNREADABLE");
  return bytes;
}
