import { createSecretKey, type KeyObject } from "node:crypto";
import { ReceiverError } from "@receiver/runtime";
import { decrypt, encrypt } from "./encrypt.ts";
import { boundTo, type Envelope, headOf } from "./envelope.ts";

/** What the bodies of one owner are sealed under. */
export type DataKey = { id: string; secret: KeyObject };

export function sealUnder({ id, secret }: DataKey, body: Uint8Array, deliveryId: string): Buffer {
  const head = headOf("data-key", id);
  return Buffer.concat([head, encrypt(secret, body, boundTo(head, deliveryId))]);
}

/** @throws ReceiverError BODY_UNREADABLE */
export function openUnder({ id, secret }: DataKey, envelope: Envelope, deliveryId: string): Buffer {
  if (envelope.kind !== "data-key" || envelope.keyName !== id) throw new ReceiverError("BODY_UNREADABLE");
  return orUnreadable(() => decrypt(secret, envelope.sealed, boundTo(envelope.head, deliveryId)));
}

export const secretFrom = (bytes: Uint8Array): KeyObject => createSecretKey(bytes);

/** What is thrown below says nothing more: a changed byte, a foreign key and a foreign delivery look the same. */
export function orUnreadable<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new ReceiverError("BODY_UNREADABLE", { cause });
  }
}
