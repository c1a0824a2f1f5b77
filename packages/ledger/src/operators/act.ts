import type { State } from "@receiver/contracts";
import type { FileChange } from "../apply/refold-file.ts";
import type { WakeUp } from "../wake-up.ts";

/** What an operator may decide: for, against, or that it is to be decided anew. */
export const decisions = ["APPROVED", "REJECTED", "AWAITING_DECISION"] as const satisfies readonly State[];
type Decision = (typeof decisions)[number];

/** An id of the other space than the file's own that is meant, or another file, whose id that is. */
export type OtherId = { fileUuid: string } | { fileNumber: string } | { clientFileId: string };

/**
 * What an operator does to a file. `link` and `unlink` say of one uuid and one number whether they are one file, and the later of the two
 * holds: each takes the other back. `unlink` without `other` parts the two ids that the file holds. `withdraw` takes back a decision or an
 * abandonment by the id of its event.
 */
export type Act =
  | { kind: "decide"; state: Decision }
  | { kind: "link"; other: OtherId }
  | { kind: "unlink"; other: OtherId | null }
  | { kind: "abandon" }
  | { kind: "withdraw"; eventId: string };

/** Who acts, and on what he saw: `version` of the file. `dryRun`: tells what would change, and changes nothing. */
export type Acting = { actor: string; reason: string; now: Date; version: number; dryRun: boolean };

/** What holds an id, or was opened for it. `mergedInto`: the other id's file holds both. */
export type HoldingFile = {
  clientFileId: string;
  fileUuid: string | null;
  fileNumber: string | null;
  mergedInto: string | null;
};

/** `repeated`: the same act was done on the same version, and nothing since: nothing happened now. */
export type Acted = {
  clientFileId: string;
  eventId: string;
  repeated: boolean;
  changes: FileChange[];
  /** Of the ids that the act is about. */
  files: HoldingFile[];
  wakeUps: WakeUp[];
};

/** Why an act can't be done: it would say nothing, or not have the effect that it says. */
export type Refusal =
  | "NOT_LINKABLE"
  | "ALREADY_LINKED"
  | "LINK_CONTRADICTED"
  | "NOT_LINKED"
  | "NO_OPEN_RETRY"
  | "NO_SUCH_ACT"
  | "NOT_WITHDRAWABLE"
  | "ALREADY_WITHDRAWN";

export type ActOutcome =
  | ({ kind: "done" } & Acted)
  | { kind: "not-found" }
  /** Somebody or something changed the file since: to be looked at again. */
  | { kind: "seen-another"; version: number }
  | { kind: "refused"; why: Refusal };
