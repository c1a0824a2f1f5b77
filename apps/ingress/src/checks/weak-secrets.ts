import { explain, type NamedToken } from "@receiver/runtime";

/** Characters: 22 of an alphabet of 64 hold 132 bits, and what has fewer than 128 may be guessed. */
const STRONG_LENGTH = 22;

/** What production answers to a weak token. */
export const weakTokensError = explain({
  rule: `must hold only tokens of at least ${STRONG_LENGTH} characters (128 bits) when NODE_ENV=production`,
  fix: "Make one with: node -p \"crypto.randomBytes(24).toString('base64url')\"",
});

/** The names of the tokens that are short enough to be guessed. */
export function weakTokenNames(tokens: readonly NamedToken[]): string[] {
  return tokens.filter(({ token }) => token.length < STRONG_LENGTH).map(({ name }) => name);
}
