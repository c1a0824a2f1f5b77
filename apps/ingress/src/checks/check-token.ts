import type { NamedToken } from "@receiver/runtime";
import { createSecretMatch } from "./match-secret.ts";

/** The name of the token that was presented, or null. How long it takes tells nothing of the valid ones. */
export type CheckToken = (presented: string) => string | null;

export function createTokenCheck(tokens: readonly NamedToken[]): CheckToken {
  const match = createSecretMatch(tokens.map(({ token }) => token));
  return (presented) => {
    const place = match(presented);
    return place === null ? null : (tokens[place]?.name ?? null);
  };
}
