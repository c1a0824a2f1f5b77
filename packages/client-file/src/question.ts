import type { ClientFileView } from "./fold.ts";
import { flagsOfDoubt } from "./open-file.ts";
import { isDecided } from "./states.ts";

/**
 * What Danaya's API is to be asked about a file: `doubt`, a decision that is unconfirmed, contradicted or left; `open`, whether
 * something was decided that no webhook told; `decided`, whether the decision still stands: a reversal's webhook may be lost, too.
 */
export type Question = "doubt" | "open" | "decided";

export function questionOf({ state, flags }: Pick<ClientFileView, "state" | "flags">): Question {
  if (flagsOfDoubt.some((flag) => flags.includes(flag))) return "doubt";
  return isDecided(state) ? "decided" : "open";
}
