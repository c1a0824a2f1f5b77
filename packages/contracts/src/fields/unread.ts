import { z } from "zod";

/**
 * A field that is documented, or was seen, and that nobody here reads: the contract knows its name, and drops what it says. Written
 * into its object's schema, so that contract drift does not take it for news. What `form` doesn't name within it is news.
 */
export function unread(form: z.ZodType = z.unknown()) {
  const dropped = form
    .optional()
    .catch(undefined)
    .transform(() => undefined);
  // To zod's types a transformed field is always there. This one is as absent as it was.
  return dropped as unknown as z.ZodOptional<z.ZodUndefined>;
}
