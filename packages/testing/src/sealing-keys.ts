import { randomBytes } from "node:crypto";
import { createMasterKeys } from "@receiver/sealing";

const VERSION = "test";

/** A master key of its own: the key, and what each kind of app is given of it in its environment. */
export async function sealingKeys() {
  const masterKey = { version: VERSION, key: randomBytes(32) };
  const { key: publicKey } = await createMasterKeys([masterKey]).publicKey();
  return {
    masterKey,
    ingress: { SEALING_PUBLIC_KEY: `${VERSION}:pub.${publicKey.toString("base64url")}` },
    readers: { MASTER_KEYS: `${VERSION}:${masterKey.key.toString("base64url")}` },
  };
}
