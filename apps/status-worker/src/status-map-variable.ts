import { clientFileStates } from "@receiver/contracts";
import { explain } from "@receiver/runtime";
import { z } from "zod";

const entries = z.record(z.string().min(1).max(200), z.enum(clientFileStates));

const error = explain({
  rule: "must be a JSON object from Danaya's statuses to states",
  fix: `Write {"VALIDER":"APPROVED"}; the states are ${clientFileStates.join(", ")}`,
});

/** `STATUS_MAP`: the first version of the table that says which status names which state. */
export const statusMapVariable = z.string().transform((text, context) => {
  const parsed = entries.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: error });
  return z.NEVER;
});

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
