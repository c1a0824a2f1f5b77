import { z } from "zod";

const MAX_ID_CHARACTERS = 200;
const rule = `must be a string of 1 to ${MAX_ID_CHARACTERS} characters or a non-negative integer`;

// Cc: control characters, NUL among them. Cs: a surrogate without its other half, which no text column takes.
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** The rule, and what about the input breaks it, in words that don't repeat the input. */
function whyNoId(input: unknown): string {
  if (input === undefined || input === null) return `${rule}: it is missing`;
  if (typeof input === "string") return whyNoStringId(input);
  if (typeof input !== "number") return `${rule}, not a value of type ${Array.isArray(input) ? "array" : typeof input}`;
  if (input < 0) return `${rule}: it is negative`;
  if (input > Number.MAX_SAFE_INTEGER)
    return `${rule} up to 2^53-1, above which JSON parsers round: send it as a string`;
  return `${rule}, not a fraction`;
}

function whyNoStringId(input: string): string {
  if (input === "") return `${rule}: it is empty`;
  if (input.length > MAX_ID_CHARACTERS) return `${rule}: it is longer`;
  return `${rule}, without control characters or lone surrogates`;
}

const error = (issue: { input?: unknown }): string => whyNoId(issue.input);

/** Opaque: any printable string, or a non-negative safe integer, which becomes its decimal string. */
export const id = z
  .union(
    [
      z
        .string({ error })
        .min(1, { error })
        .max(MAX_ID_CHARACTERS, { error })
        .refine((value) => !unprintable.test(value), { error }),
      z.int({ error }).nonnegative({ error }),
    ],
    { error },
  )
  .transform(String);
