import type { AlikeChanges } from "./ask-ops.ts";

const EXAMPLES_MAX = 5;

/** Counts of several calls as one, the most frequent first. */
export function sumAlike(all: readonly AlikeChanges[]): AlikeChanges[] {
  const keyOf = ({ state, flagsRaised, flagsCleared }: AlikeChanges) =>
    JSON.stringify([state.before, state.after, flagsRaised, flagsCleared]);
  const sums = Object.values(Object.groupBy(all, keyOf)).map((group = []) => ({
    ...(group[0] as AlikeChanges),
    files: group.reduce((sum, { files }) => sum + files, 0),
    examples: group.flatMap(({ examples }) => examples).slice(0, EXAMPLES_MAX),
  }));
  return sums.sort((a, b) => b.files - a.files);
}
