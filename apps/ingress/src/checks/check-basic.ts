import { createSecretMatch } from "./match-secret.ts";
import type { HeaderCheck } from "./request-check.ts";

const BASIC = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i;

/** HTTP Basic (RFC 7617) with one of these `user:password`. */
export function createBasicCheck(credentials: readonly string[]): HeaderCheck {
  const match = createSecretMatch(credentials);
  return {
    name: "basic",
    fits: ({ headers }) => {
      const encoded = BASIC.exec(headers.authorization ?? "")?.[1];
      return encoded === undefined ? null : match(Buffer.from(encoded, "base64"));
    },
  };
}
