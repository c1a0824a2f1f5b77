import { z } from "zod";
import { isoTime, moment, only, reason, text } from "./fields.ts";

const hold = z.object({
  clientFileId: z.uuid(),
  since: isoTime,
  by: z.string(),
  reason: z.string().nullable().describe("null for who is no operator"),
});

/** What is kept of a file, and for how long. */
export const fileRetention = z.object({
  erased: z.object({ at: isoTime, by: z.string().nullable() }).nullable().describe("null while no content was erased"),
  contentKept: z
    .boolean()
    .describe("Some content is there; of an erased file: it came under another id, before the two were tied"),
  holds: z.array(hold).describe("Legal holds on this file, or on another one with its externalId"),
  relationshipClosedAt: isoTime.nullable().describe("From which the years of evidence are counted"),
});

/** `confirm`: of all requests this is the one that can't be taken back. */
export const eraseFileBody = only({
  reason,
  confirm: text(200).describe("The file's id or its externalId, once more"),
});
export const reasonBody = only({ reason });
export const relationshipBody = only({ closedAt: moment.nullable(), reason });

export const fileErasure = z.object({
  clientFileId: z.uuid(),
  erased: z.boolean().describe("false: nothing was left to erase"),
  bodies: z.int().describe("Bodies that were erased now"),
  othersKept: z.array(z.uuid()).describe("Other files with this externalId of which something is kept, at most 100"),
});

export const deliveryErasure = z.object({
  id: z.string(),
  erased: z.boolean().describe("false: it was erased before"),
});
