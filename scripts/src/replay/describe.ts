import { alignLeft } from "../command-line/align-columns.ts";
import type { Foretold, ForetoldFile } from "./foretell.ts";
import type { Sent } from "./send-again.ts";

/** Of a list of ids: enough to begin with. The JSON has all of them. */
const LINES_MAX = 20;

/** The dry run for people: a table of files, and a sentence for each kind of delivery. */
export function describeForetold(matching: number, foretold: Foretold): string[] {
  const { deliveryIds, failing, stillQuarantined, files, cutOff } = foretold;
  const looked = deliveryIds.length + failing.length + stillQuarantined.length;
  return [
    ...(files.length > 0 ? ["", ...alignLeft([["file", "state", "flags"], ...files.map(rowOf)]), ""] : []),
    `${deliveryIds.length} of ${matching} that match would be applied once more; ${files.length} files would change`,
    ...listed("would still fail", failing.map(lineOf)),
    ...listed("stay quarantined: today's contract, or the list of companies, refuses them", stillQuarantined),
    ...(cutOff
      ? [
          `cut off after ${looked} of ${matching}, so as not to hold up their files; a narrower filter tells of the others`,
        ]
      : []),
    "nothing was changed",
  ];
}

export function describeSent(
  matching: number,
  { sent, stillQuarantined, failing, leftToSweeper, code, interrupted }: Sent,
): string[] {
  return [
    `sent ${sent} of ${matching} that matched`,
    ...listed("stay quarantined: today's contract, or the list of companies, refuses them", stillQuarantined),
    ...listed("were not sent: their bodies can't be opened", failing.map(lineOf)),
    ...(leftToSweeper > 0
      ? [`${leftToSweeper} of them could not be published (${code}): they are pending, and the sweeper publishes them`]
      : []),
    ...(interrupted ? ["interrupted: run it again for the others"] : []),
  ];
}

const lineOf = ({ deliveryId, code }: Sent["failing"][number]): string => `${deliveryId} ${code}`;

function rowOf({ clientFileId, state, flags }: ForetoldFile): string[] {
  const isNew = state.before === null;
  return [
    isNew ? "a new file" : clientFileId,
    isNew ? state.after : step(state.before ?? "", state.after),
    step(flagText(flags.before), flagText(flags.after)),
  ];
}

const step = (before: string, after: string): string => (before === after ? after : `${before} → ${after}`);
const flagText = (flags: readonly string[]): string => (flags.length === 0 ? "none" : flags.toSorted().join(" "));

function listed(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const rest = items.length - LINES_MAX;
  const shown = items.slice(0, LINES_MAX).map((item) => `  ${item}`);
  return [`${items.length} ${what}:`, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}
