import { createHash, timingSafeEqual } from "node:crypto";
import type { NamedToken } from "@receiver/runtime";

/** The name of the token that was presented, or null. How long it takes tells nothing of the valid ones. */
export type CheckToken = (presented: string) => string | null;

export function createTokenCheck(tokens: readonly NamedToken[]): CheckToken {
  const known = tokens.map(({ name, token }) => ({ name, digest: digestOf(token) }));
  return (presented) => {
    const digest = digestOf(presented);
    // All are compared, also after a match. Digests, because they have one length.
    const matches = known.filter((token) => timingSafeEqual(token.digest, digest));
    return matches[0]?.name ?? null;
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
