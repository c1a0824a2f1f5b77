/**
 * What an envelope was sealed with. `intake`: the ingress' public key; `data-key`: the key of a client file or of a delivery;
 * `sealed-key`: a data key, under a master key.
 */
export type EnvelopeKind = "intake" | "data-key" | "sealed-key";

/** `keyName`: the master key's version, or the data key's id. `head`: all that is not encrypted, to be bound by what is. */
export type Envelope = { kind: EnvelopeKind; keyName: string; enc: Buffer; head: Buffer; sealed: Buffer };

// An envelope, which says by itself what opens it:
//
//   0        zero: no JSON text begins with it, so that a plain body is never taken for an envelope, nor the other way round
//   1        a letter, which names the form; another form gets another letter
//   2        length n of the key's name, in bytes (u8)
//   3        the key's name
//   3+n      "I" alone: what the key was encapsulated to, 32 bytes
//   …        nonce, ciphertext, tag
const MARK = 0;
const letters = { intake: "I", "data-key": "D", "sealed-key": "K" } as const satisfies Record<EnvelopeKind, string>;
const ENC_BYTES = { intake: 32, "data-key": 0, "sealed-key": 0 } as const satisfies Record<EnvelopeKind, number>;
const NAME_AT = 3;
const NAME_MAX_BYTES = 255;

export const isEnvelope = (bytes: Uint8Array): boolean => bytes[0] === MARK;

export function headOf(kind: EnvelopeKind, keyName: string, enc: Uint8Array = Buffer.alloc(0)): Buffer {
  const name = Buffer.from(keyName, "utf8");
  if (name.length > NAME_MAX_BYTES) throw new RangeError("the name of a key is longer than an envelope can hold");
  return Buffer.concat([Buffer.of(MARK, letters[kind].charCodeAt(0), name.length), name, enc]);
}

/** The head says where it ends, so that no part of it can be read as a part of what follows. */
export const boundTo = (head: Uint8Array, subject: string): Buffer =>
  Buffer.concat([head, Buffer.from(subject, "utf8")]);

/** Null where the bytes are no envelope, or one of a form that this version does not know. */
export function readEnvelope(bytes: Uint8Array): Envelope | null {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = kinds.find((known) => letters[known].charCodeAt(0) === all[1]);
  if (!isEnvelope(all) || kind === undefined) return null;
  const encAt = NAME_AT + (all[2] ?? 0);
  const headEnd = encAt + ENC_BYTES[kind];
  if (all.length < headEnd) return null;
  return {
    kind,
    keyName: all.toString("utf8", NAME_AT, encAt),
    enc: all.subarray(encAt, headEnd),
    head: all.subarray(0, headEnd),
    sealed: all.subarray(headEnd),
  };
}

const kinds = Object.keys(letters) as EnvelopeKind[];
