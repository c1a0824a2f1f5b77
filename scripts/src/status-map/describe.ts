import { alignLeft } from "../command-line/align-columns.ts";
import type { AlikeChanges, StatusMap } from "./ask-ops.ts";
import type { WalkEnd } from "./walk-files.ts";

export function describeMap({ version, entries, createdAt, createdBy, reason }: StatusMap): string[] {
  const since = createdAt === null ? "" : ` since ${createdAt.slice(0, 16)}Z`;
  const rows = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return [`version ${version}${since}, by ${createdBy}: ${reason}`, "", ...alignLeft([["status", "state"], ...rows])];
}

export const describeForetold = ({ touched, changes, interrupted }: WalkEnd): string[] => [
  ...describeChanges(changes),
  `${touched} files bear a status that not every version of the map reads alike; ${filesOf(changes)} would change`,
  ...(interrupted ? ["interrupted: the others were not looked at"] : []),
  "nothing was changed",
];

export const describeRefolded = ({ touched, changes, interrupted }: WalkEnd): string[] => [
  ...describeChanges(changes),
  `refolded ${touched} files; ${filesOf(changes)} changed`,
  ...(interrupted ? ["interrupted: run it again for the others"] : []),
];

function describeChanges(changes: readonly AlikeChanges[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ state, flagsRaised, flagsCleared, files, examples }) => [
    state.before === state.after ? state.after : `${state.before ?? "none"} → ${state.after}`,
    [...flagsRaised.map((flag) => `+${flag}`), ...flagsCleared.map((flag) => `-${flag}`)].join(" "),
    String(files),
    examples[0] ?? "",
  ]);
  return ["", ...alignLeft([["state", "flags", "files", "for example"], ...rows]), ""];
}

const filesOf = (changes: readonly AlikeChanges[]): number => changes.reduce((sum, { files }) => sum + files, 0);
