import { decodeCursor } from "@receiver/ledger";
import { z } from "zod";

// Each field bears one sentence: its rule, in words that tell what to write instead.

// Cc: control characters, NUL among them. Cs: a surrogate without its other half. Postgres takes neither in a text.
const unprintable = /[\p{Cc}\p{Cs}]/u;

export const text = (maxCharacters: number) => {
  const error = `must be a string of 1 to ${maxCharacters} characters, without control characters`;
  return z
    .string({ error })
    .min(1, { error, abort: true })
    .max(maxCharacters, { error, abort: true })
    .refine((value) => !unprintable.test(value) && value.trim() !== "", { error });
};

/** Danaya's ids are opaque: as long as a delivery may bear them. */
const MAX_ID_CHARACTERS = 200;
export const idText = text(MAX_ID_CHARACTERS);

const idError = `must be a string of 1 to ${MAX_ID_CHARACTERS} characters or a non-negative integer up to 2^53-1`;
/** In JSON an id may be a number: `123` and `"123"` are one. */
export const id = z
  .union([idText, z.int({ error: idError }).nonnegative({ error: idError })], { error: idError })
  .transform(String);

/** Why somebody did something, for the audit. */
export const reason = text(500);
/** Where a call's form was fixed before the audit asked why. */
export const optionalReason = reason.nullable().default(null);

/** An object with these fields and no other: a filter with a slip of the pen in it would otherwise match everything. */
export const only = <Shape extends z.core.$ZodShape>(shape: Shape) => {
  const names = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `must hold no other fields than ${names}` : `must be an object of ${names}`,
  });
};

/** {@link only} of fields that may all be left out; so may the body. */
export const optionalOnly = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.preprocess((body) => body ?? {}, only(shape));

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

export const uuid = z.uuid({ error: "must be a UUID as this API gave it" });
export const deliveryId = z.string().regex(/^[0-9a-f]{40}$/, { error: "must be 40 hexadecimal digits in lower case" });
export const notificationId = z
  .string()
  .regex(/^msg_[0-9a-f]{32}$/, { error: "must be msg_ and 32 hexadecimal digits" });

const momentError = "must be a day or a time with zone, as in 2026-01-31 or 2026-01-31T08:30:00Z";
/** A day is its first moment in UTC. */
export const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: momentError })
  .transform((value) => new Date(value));

const MAX_LIMIT = 1_000;
const limitError = `must be a whole number from 1 to ${MAX_LIMIT}`;
/** In a query, where a number is text. */
export const limitOf = (usual: number) =>
  z.coerce
    .number({ error: limitError })
    .int({ error: limitError })
    .min(1, { error: limitError })
    .max(MAX_LIMIT, { error: limitError })
    .default(usual);
/** In a body. */
export const bodyLimitOf = (usual: number) =>
  z.int({ error: limitError }).min(1, { error: limitError }).max(MAX_LIMIT, { error: limitError }).default(usual);

const cursorError = "must be the nextCursor of this list's page before: leave it out to begin";
/** @param idForm of the list's own ids: a cursor of another list would ask the database for what can't be */
export const cursorOf = (idForm: z.ZodType<string>) =>
  z
    .string({ error: cursorError })
    .max(300, { error: cursorError })
    .refine((value) => isPosition(decodeCursor(value), idForm), { error: cursorError });

/** Years that Postgres and ISO 8601 write with four digits. */
const isPosition = (position: ReturnType<typeof decodeCursor>, idForm: z.ZodType<string>): boolean =>
  position !== null && idForm.safeParse(position.id).success && /^[0-9]{4}-/.test(position.at.toISOString());

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable().describe("For the next page; null on the last") });

export const isoTime = z.iso.datetime();
