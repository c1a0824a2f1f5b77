import { createHmac, type KeyObject } from "node:crypto";
import { firstPlace } from "./match-secret.ts";
import { matchSignature } from "./match-signature.ts";
import type { BodyCheck, Sent } from "./request-check.ts";

/** Of the specification: what was signed longer ago, or is dated further ahead, may have been taken down and sent again. */
const TOLERANCE_S = 5 * 60;

/** No full stop: the parts of what is signed are joined by it, and an id with one could take over a piece of another message. */
const ID = /^[!-\-/-~]{1,256}$/;
const SECONDS = /^[1-9]\d{0,11}$/;
/** Of symmetric signatures. Others (`v1a`) may stand beside them and are passed over. */
const VERSION = "v1,";

type Signed = { id: string; timestamp: string; signatures: string[] };

/**
 * The Standard Webhooks specification: HMAC-SHA256 of `id.timestamp.body`, in base64. Not by its library, which decodes the body to a
 * text first: bytes that are no UTF-8 would all have the same signature.
 */
export function createSignatureCheck(keys: readonly KeyObject[], now: () => number = Date.now): BodyCheck {
  return {
    name: "signature",
    fits: (sent, body) => {
      const signed = readSigned(sent);
      if (signed === null || Math.abs(now() / 1_000 - Number(signed.timestamp)) > TOLERANCE_S) return null;
      const prefix = `${signed.id}.${signed.timestamp}.`;
      return firstPlace(
        keys.map((key) =>
          matchSignature(createHmac("sha256", key).update(prefix).update(body).digest("base64"), signed.signatures),
        ),
      );
    },
  };
}

function readSigned({ headers }: Sent): Signed | null {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signature !== "string") return null;
  if (!ID.test(id) || !SECONDS.test(timestamp)) return null;
  const versioned = signature.split(" ").filter((entry) => entry.startsWith(VERSION));
  return { id, timestamp, signatures: versioned.map((entry) => entry.slice(VERSION.length)) };
}
