import { createHmac, type KeyObject } from "node:crypto";
import { firstPlace } from "./match-secret.ts";
import { matchSignature } from "./match-signature.ts";
import type { BodyCheck } from "./request-check.ts";

export type HmacSettings = {
  /** In small letters. */
  header: string;
  algorithm: "sha256" | "sha512";
  encoding: "hex" | "base64";
  /** What stands before the signature, such as `sha256=`; "" for nothing. */
  prefix: string;
  keys: readonly KeyObject[];
};

/** An HMAC of the body alone. It bears no time: what was taken down can be sent again for as long as the key is valid. */
export function createHmacCheck({ header, algorithm, encoding, prefix, keys }: HmacSettings): BodyCheck {
  const normalise = encoding === "hex" ? (text: string) => text.toLowerCase() : plainBase64;
  return {
    name: "hmac",
    fits: ({ headers }, body) => {
      const value = headers[header];
      if (typeof value !== "string" || !value.startsWith(prefix)) return null;
      const presented = [normalise(value.slice(prefix.length))];
      return firstPlace(
        keys.map((key) => {
          const expected = createHmac(algorithm, key).update(body).digest(encoding);
          return matchSignature(normalise(expected), presented);
        }),
      );
    },
  };
}

/** Padded or not, in either alphabet: senders differ. No more than base64 has: a search for any padding takes the square of its length. */
const plainBase64 = (text: string): string =>
  text
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
