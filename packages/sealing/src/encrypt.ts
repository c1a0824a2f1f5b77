import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
/** Random: with one key's bodies far below 2^32, two never meet (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. @param bound what must be the same when it is decrypted, and is not part of the answer */
export function encrypt(key: KeyObject, plain: Uint8Array, bound: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws what node:crypto throws for a byte that was changed, another key or another `bound` */
export function decrypt(key: KeyObject, sealed: Uint8Array, bound: Uint8Array): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) throw new RangeError("shorter than a nonce and a tag");
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
}
