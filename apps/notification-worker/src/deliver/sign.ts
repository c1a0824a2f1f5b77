import { Webhook } from "standardwebhooks";

/** What is signed: id, time and body, by the Standard Webhooks specification. */
export type Signed = { id: string; body: string; secret: string; at: Date };

/** The headers by which a subscriber checks who sent it, that nobody altered it, and that it isn't an old one sent again. */
export function signatureHeaders({ id, body, secret, at }: Signed): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}
