import { createSecretKey, type KeyObject } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

// RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The secret is the context's export (section 5.3), so that one
// encapsulation serves many bodies, each under a nonce of its own and in any order.
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const INFO = bytesOf("danaya-receiver intake 1");
const EXPORTED_FOR = bytesOf("bodies");
const KEY_BYTES = 32;

export type IntakeKeyPair = Awaited<ReturnType<typeof suite.kem.deriveKeyPair>>;

/** The same pair for the same secret, for ever. */
export async function deriveKeyPair(secret: Uint8Array): Promise<IntakeKeyPair> {
  return suite.kem.deriveKeyPair(Uint8Array.from(secret).buffer);
}

export async function publicKeyBytes({ publicKey }: IntakeKeyPair): Promise<Buffer> {
  return Buffer.from(await suite.kem.serializePublicKey(publicKey));
}

/** A fresh key, and what only the holder of the private key finds it by. */
export async function encapsulate(publicKey: Uint8Array): Promise<{ key: KeyObject; enc: Buffer }> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(Uint8Array.from(publicKey).buffer);
  const context = await suite.createSenderContext({ recipientPublicKey, info: INFO });
  return { key: secretOf(await context.export(EXPORTED_FOR, KEY_BYTES)), enc: Buffer.from(context.enc) };
}

export async function decapsulate({ privateKey }: IntakeKeyPair, enc: Uint8Array): Promise<KeyObject> {
  const context = await suite.createRecipientContext({
    recipientKey: privateKey,
    enc: Uint8Array.from(enc).buffer,
    info: INFO,
  });
  return secretOf(await context.export(EXPORTED_FOR, KEY_BYTES));
}

const secretOf = (bytes: ArrayBuffer): KeyObject => createSecretKey(Buffer.from(bytes));

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, "utf8")).buffer;
}
