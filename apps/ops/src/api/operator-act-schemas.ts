import { clientFileStates, flags } from "@receiver/contracts";
import { decisions } from "@receiver/ledger";
import { z } from "zod";
import { fileChange } from "./client-file-schemas.ts";
import { idText, isoTime, oneOf, only, reason, uuid } from "./fields.ts";

const versionError = "must be the version of the file that you saw, a whole number";
const version = z
  .int({ error: versionError })
  .nonnegative({ error: versionError })
  .describe("Of the file that you saw: another one in between is refused (409 FILE_CHANGED)");
const dryRun = z
  .boolean({ error: "must be true or false" })
  .default(false)
  .describe("Tells what would change, and changes nothing");
const acting = { version, reason, dryRun };

const eventId = z.string().regex(/^act-[0-9a-f]{40}-[1-9][0-9]{0,8}$/, {
  error: "must be the eventId of an act, as this API gave it",
});

const other = {
  fileUuid: idText.exactOptional().describe("An upload's uuid, for a file whose number is known"),
  fileNumber: idText.exactOptional().describe("A file's number, for an upload whose uuid is known"),
  otherId: uuid.exactOptional().describe("Another client file, whose id is meant"),
};
const otherNames = Object.keys(other).join(", ");
const named = (given: Record<string, unknown>): number => Object.keys(other).filter((name) => name in given).length;

export const decideBody = only({ state: oneOf(decisions), ...acting });
export const linkBody = only({ ...other, ...acting }).refine((given) => named(given) === 1, {
  error: `must name exactly one of ${otherNames}`,
});
export const unlinkBody = only({ ...other, ...acting }).refine((given) => named(given) <= 1, {
  error: `must name at most one of ${otherNames}: none parts the two ids that the file holds`,
});
export const abandonBody = only(acting);
export const withdrawBody = only({ eventId, ...acting });

/** What an act did, or would do. */
export const acted = z.object({
  dryRun: z.boolean(),
  clientFileId: z.uuid(),
  eventId: z.string().describe("Of the act: to withdraw it by"),
  repeated: z.boolean().describe("The same act was done on the same version, and nothing since: nothing happened now"),
  changes: z.array(fileChange).describe("The files that changed or would change, and how"),
  files: z
    .array(
      z.object({
        clientFileId: z.uuid(),
        fileUuid: z.string().nullable(),
        fileNumber: z.string().nullable(),
        mergedInto: z.uuid().nullable(),
      }),
    )
    .describe("What the ids that it is about belong to then"),
});

const source = z
  .string()
  .describe("REGISTRATION, UPLOAD, RETRY, ANALYSIS, STATUS, FLAT, GET, OPERATOR, LINK, UNLINK, ABANDON or WITHDRAWAL");

const story = z.object({
  state: z.enum(clientFileStates),
  flags: z.array(z.enum(flags)),
  externalId: z.string().nullable(),
  path: z.array(z.object({ from: z.string(), to: z.string(), occurredAt: isoTime, cause: z.string() })),
  documentTypes: z.array(z.string()),
  deliveries: z.array(
    z.object({
      id: z.string(),
      messageType: z.string().nullable(),
      occurredAt: isoTime,
      receivedAt: isoTime,
      sightings: z.int(),
    }),
  ),
});

/** What is put to an operator: nothing personal. */
export const conflict = z.object({
  clientFileId: z.uuid(),
  version: z.int().describe("To act upon"),
  state: z.enum(clientFileStates),
  flagged: z.boolean().describe("The file bears the flag conflict"),
  claims: z
    .array(
      z.object({
        eventId: z.string(),
        source,
        occurredAt: isoTime,
        state: z.enum(clientFileStates),
        standing: z
          .enum(["counts", "future-dated", "contradicted", "resent"])
          .describe("Whether it may move the file, and why not"),
      }),
    )
    .describe("Who of those who may decide names which state, in the order in which they are folded"),
  ties: z
    .array(
      z.object({
        fileUuid: z.string(),
        fileNumber: z.string(),
        tiedBy: z.array(z.object({ eventId: z.string(), source, occurredAt: isoTime })),
        parted: z.boolean().describe("An operator's last word is that they are two"),
        byExternalId: z.string().nullable().describe("Nothing ties them but this one, which both bear"),
      }),
    )
    .describe("Which ids are said to be one file, and by which events"),
  sides: z
    .array(
      z.object({
        space: z.enum(["uuid", "number"]),
        id: z.string(),
        clientFileId: z.uuid().nullable().describe("Which file holds the id now"),
        story: story.nullable().describe("null: the id was only ever seen beside another one"),
      }),
    )
    .describe("What is told under each id alone: the file that it would be if it were tied to no other; at most six"),
});
