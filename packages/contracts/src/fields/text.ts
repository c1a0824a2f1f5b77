import { z } from "zod";

/** Longer than any documented status, type or code, short enough to be indexed. */
const MAX_TEXT_CHARACTERS = 200;

/** Postgres refuses both in a text column. */
const isStorable = (value: string): boolean => !value.includes("\0") && value.isWellFormed();

const rule = `must be a string of 1 to ${MAX_TEXT_CHARACTERS} characters without NUL or lone surrogates`;

/** A status, a type or a code. An open set: any value passes. */
export const text = z
  .string({ error: rule })
  .min(1, { error: rule })
  .max(MAX_TEXT_CHARACTERS, { error: rule })
  .refine(isStorable, { error: rule });
