import { z } from "zod";

/** A field that may say something but fails nothing: absent, null or of another shape, it is null. */
export const informational = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .transform((value) => value ?? null)
    .catch(null);

/** The same for a list: what isn't a list is an empty one, and an entry that can't be read is left out. */
export const informationalList = <T extends z.ZodType>(entry: T) =>
  z
    .array(informational(entry))
    .nullish()
    .transform((entries) => (entries ?? []).filter((read): read is NonNullable<typeof read> => read !== null))
    .catch([]);
