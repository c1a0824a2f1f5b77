import { hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { type NamedKey, ReceiverError } from "@receiver/runtime";
import { type DataKey, orUnreadable, secretFrom } from "./data-key.ts";
import { decapsulate, deriveKeyPair, type IntakeKeyPair, publicKeyBytes } from "./encapsulate.ts";
import { decrypt, encrypt } from "./encrypt.ts";
import { boundTo, type Envelope, headOf, readEnvelope } from "./envelope.ts";

/** A data key as it may be stored. `owner`: anything that spells who it belongs to, always alike. */
export type SealedDataKey = { id: string; owner: string; sealed: Uint8Array; masterVersion: string };

/** What the master keys are for. Their bytes leave this in no way. */
export type MasterKeys = {
  /** The version that everything new is sealed under. */
  current: string;
  /** Every version that can be opened. */
  versions: readonly string[];
  /** Of the current one: what the ingress is to be given. */
  publicKey(): Promise<NamedKey>;
  /** @throws ReceiverError MASTER_KEY_MISSING, BODY_UNREADABLE */
  openIntake(envelope: Envelope, deliveryId: string): Promise<Buffer>;
  createDataKey(id: string, owner: string): { dataKey: DataKey; stored: SealedDataKey };
  /** @throws ReceiverError MASTER_KEY_MISSING, BODY_UNREADABLE */
  openDataKey(stored: SealedDataKey): DataKey;
  /** The same data key, under the current version. @throws ReceiverError MASTER_KEY_MISSING, BODY_UNREADABLE */
  resealDataKey(stored: SealedDataKey): SealedDataKey;
};

const KEY_BYTES = 32;
/** A key that is not there now may be given to the next process: soon enough for a rotation, seldom enough for a mistake. */
const MISSING_RETRY_MS = 30_000;

/** @param keys the first is the current one */
export function createMasterKeys(keys: readonly [NamedKey, ...NamedKey[]]): MasterKeys {
  const masters = new Map(keys.map((key) => [key.version, createMaster(key)]));
  const current = keys[0].version;
  const masterOf = (version: string) => {
    const master = masters.get(version);
    if (!master) throw new ReceiverError("MASTER_KEY_MISSING", { retryInMs: MISSING_RETRY_MS });
    return master;
  };
  const seal = ({ id, secret }: DataKey, owner: string): SealedDataKey => {
    const head = headOf("sealed-key", current);
    const sealed = encrypt(masterOf(current).forDataKeys, secret.export(), boundTo(head, ownedBy(id, owner)));
    return { id, owner, sealed: Buffer.concat([head, sealed]), masterVersion: current };
  };
  const open = ({ id, owner, sealed, masterVersion }: SealedDataKey): DataKey => {
    const envelope = readEnvelope(sealed);
    if (envelope?.kind !== "sealed-key" || envelope.keyName !== masterVersion)
      throw new ReceiverError("BODY_UNREADABLE");
    const { forDataKeys } = masterOf(masterVersion);
    const bytes = orUnreadable(() => decrypt(forDataKeys, envelope.sealed, boundTo(envelope.head, ownedBy(id, owner))));
    return { id, secret: secretFrom(bytes) };
  };
  return {
    current,
    versions: [...masters.keys()],
    publicKey: async () => ({ version: current, key: await publicKeyBytes(await masterOf(current).intake()) }),
    openIntake: async (envelope, deliveryId) => {
      if (envelope.kind !== "intake") throw new ReceiverError("BODY_UNREADABLE");
      const secret = await masterOf(envelope.keyName).secretFor(envelope.enc);
      return orUnreadable(() => decrypt(secret, envelope.sealed, boundTo(envelope.head, deliveryId)));
    },
    createDataKey: (id, owner) => {
      const dataKey = { id, secret: secretFrom(randomBytes(KEY_BYTES)) };
      return { dataKey, stored: seal(dataKey, owner) };
    },
    openDataKey: open,
    resealDataKey: (stored) => seal(open(stored), stored.owner),
  };
}

const ownedBy = (id: string, owner: string): string => `${id} ${owner}`;

/** As many seconds of as many ingress processes as a worker may meet in one go. */
const SECRETS_KEPT = 200;

/** Two keys of one master, so that neither says anything of the other. */
function createMaster({ key }: NamedKey) {
  let pair: Promise<IntakeKeyPair> | null = null;
  const secrets = new Map<string, Promise<KeyObject>>();
  const intake = () => {
    pair ??= deriveKeyPair(derived(key, "intake"));
    return pair;
  };
  const find = async (enc: Uint8Array) => {
    try {
      return await decapsulate(await intake(), enc);
    } catch (cause) {
      throw new ReceiverError("BODY_UNREADABLE", { cause });
    }
  };
  const remember = (name: string, found: Promise<KeyObject>) => {
    if (secrets.size >= SECRETS_KEPT) secrets.clear();
    secrets.set(name, found);
    found.catch(() => secrets.delete(name));
    return found;
  };
  return {
    forDataKeys: secretFrom(derived(key, "data keys")),
    intake,
    /** Found once for all bodies that share it. */
    secretFor: (enc: Buffer): Promise<KeyObject> => {
      const name = enc.toString("base64");
      return secrets.get(name) ?? remember(name, find(enc));
    },
  };
}

const derived = (key: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", key, Buffer.alloc(0), `danaya-receiver ${use} 1`, KEY_BYTES));
