import { explain, type NamedToken } from "@receiver/runtime";

/** What nobody can guess. */
const STRONG_BITS = 128;
/** A random secret of that strength has fewer once in a billion times; one that somebody held a key down for has one. */
const DIFFERENT_CHARACTERS = 6;
const BITS_OF_BYTE = 8;

/** By what it holds, the largest alphabet that it can have been drawn from. What is in none of them may be of 64 characters. */
const alphabets: readonly [RegExp, size: number][] = [
  [/^\d+$/, 10],
  [/^(?:[\da-f]+|[\dA-F]+)$/, 16],
  [/^(?:[\da-z]+|[\dA-Z]+)$/, 36],
];
const USUAL_ALPHABET = 64;

/** One text again and again is as hard to guess as that text. */
const REPETITION = /^(.+?)\1+$/s;

/** What production answers to a weak secret. */
export const weakSecretsError = explain({
  rule: `must hold only random secrets of at least 22 characters (${STRONG_BITS} bits) when NODE_ENV=production: 32 if they are hexadecimal, 39 if they are digits, or 16 bytes; without repetition`,
  fix: "Make one with: node -p \"crypto.randomBytes(24).toString('base64url')\"",
});

/** The names of the tokens that may be guessed. */
export function weakTokenNames(tokens: readonly NamedToken[]): string[] {
  return tokens.filter(({ token }) => isGuessable(token)).map(({ name }) => name);
}

/** It measures what a secret can hold at most, not what it does: a sentence passes. */
export function isGuessable(secret: string): boolean {
  const size = alphabets.find(([pattern]) => pattern.test(secret))?.[1] ?? USUAL_ALPHABET;
  return isWeak(secret, Math.log2(size));
}

/** Of a key that was given as bytes, any of which may be anything. */
export const isGuessableKey = (key: Buffer): boolean => isWeak(key.toString("latin1"), BITS_OF_BYTE);

const isWeak = (secret: string, bitsEach: number): boolean =>
  secret.length * bitsEach < STRONG_BITS || new Set(secret).size < DIFFERENT_CHARACTERS || REPETITION.test(secret);
