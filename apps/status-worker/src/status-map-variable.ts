import { clientFileStates } from "@receiver/contracts";
import { explain } from "@receiver/runtime";
import { z } from "zod";

/** Statuses are matched in capitals, so that is how they are kept. */
const spelling = z.string().trim().toUpperCase().min(1).max(200);
const entries = z.record(spelling, z.enum(clientFileStates));

const error = explain({
  rule: "must be a JSON object from Danaya's statuses, none of them twice, to states",
  fix: `Write {"VALIDER":"APPROVED"}; the states are ${clientFileStates.join(", ")}`,
});

/** `STATUS_MAP`: the first version of the table that says which status names which state. */
export const statusMapVariable = z.string().transform((text, context) => {
  const given = readJson(text);
  const parsed = entries.safeParse(given);
  if (parsed.success && sizeOf(parsed.data) === sizeOf(given)) return parsed.data;
  context.addIssue({ code: "custom", message: error });
  return z.NEVER;
});

/** Two spellings of one status leave one entry, and which of them is chance. */
const sizeOf = (map: unknown) => Object.keys(Object(map)).length;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
