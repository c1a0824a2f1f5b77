import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** A secret of the Standard Webhooks specification: as the provider has it, and as the ingress keeps it. */
export function signatureSecret() {
  const bytes = randomBytes(32);
  return { text: `whsec_${bytes.toString("base64")}`, key: createSecretKey(bytes) };
}

type Signed = { secret: string; body: string; at?: Date; id?: string };

/** The headers of a signed delivery, by the specification's own library. */
export function signatureHeaders({ secret, body, at = new Date(), id = "msg_1" }: Signed) {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}

export const hmacOf = (body: string | Uint8Array, key: string, algorithm = "sha256") =>
  createHmac(algorithm, key).update(body).digest();
