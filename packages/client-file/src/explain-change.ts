import type { Flag, NotificationType } from "@receiver/contracts";
import type { ClientFileView } from "./fold.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { isDecided } from "./states.ts";

/** A file as subscribers know it: before its first version they know of nothing. */
type Known = Pick<ClientFileView, "state" | "flags" | "retries">;

const unheardOf: Known = { state: "RECEIVED", flags: [], retries: [] };

/** `changed`: whether subscribers are told; `type`: the most specific name for what they are told. */
export type Change = { changed: boolean; type: NotificationType };

export function explainChange(before: ClientFileView | null, after: ClientFileView): Change {
  const known = before ?? unheardOf;
  const specific = bySpecificity.find(([, holds]) => holds(known, after));
  const otherwise =
    before === null && after.state === "RECEIVED" ? "client_file.received" : "client_file.state_changed";
  return { changed: before === null || differs(before, after), type: specific?.[0] ?? otherwise };
}

type Rule = (before: Known, after: Known) => boolean;

const raised =
  (flag: Flag): Rule =>
  (before, after) =>
    after.flags.includes(flag) && !before.flags.includes(flag);

const entered =
  (state: Known["state"]): Rule =>
  (before, after) =>
    after.state === state && before.state !== state;

const leftDecision: Rule = (before, after) => isDecided(before.state) && !isDecided(after.state);

const counted: Rule = (before, after) =>
  after.retries.some((counter) => counter.attempts > (before.retries.find(isSameCheck(counter))?.attempts ?? 0));

const isSameCheck = (one: RetryCounter) => (other: RetryCounter) =>
  one.documentId === other.documentId && one.verification === other.verification;

/**
 * None is of documents: a flag may come by whatever looks at the file that day, and a notice tells of each document at its own times.
 * The first that holds: what calls for a person comes before what only informs.
 */
const bySpecificity: readonly (readonly [NotificationType, Rule])[] = [
  ["client_file.conflict", raised("conflict")],
  ["client_file.approved", entered("APPROVED")],
  ["client_file.rejected", entered("REJECTED")],
  ["client_file.reopened", raised("reopened")],
  ["client_file.reopened", leftDecision],
  ["verification.escalated", raised("escalated")],
  ["verification.retry_requested", counted],
  ["client_file.stalled", raised("stalled")],
];

const differs: Rule = (before, after) => JSON.stringify(toldOf(before)) !== JSON.stringify(toldOf(after));

const toldOf = ({ state, flags, retries }: Known) => [
  state,
  flags,
  retries.map(({ documentId, verification, attempts, status }) => [documentId, verification, attempts, status]),
];
