import type { Flag, State } from "@receiver/contracts";
import type { FileChange } from "../apply/refold-file.ts";

/** Files that change alike. */
export type AlikeChanges = {
  state: { before: State | null; after: State };
  flagsRaised: Flag[];
  flagsCleared: Flag[];
  files: number;
  /** The first few. */
  examples: string[];
};

const EXAMPLES_MAX = 5;

type Change = Pick<FileChange, "clientFileId" | "state" | "flags">;

export function createTally(): { add(change: Change): void; all(): AlikeChanges[] } {
  const alike = new Map<string, AlikeChanges>();
  return {
    add: ({ clientFileId, state, flags }) => {
      const flagsRaised = flags.after.filter((flag) => !flags.before.includes(flag));
      const flagsCleared = flags.before.filter((flag) => !flags.after.includes(flag));
      const key = JSON.stringify([state.before, state.after, flagsRaised, flagsCleared]);
      const known = alike.get(key) ?? { state, flagsRaised, flagsCleared, files: 0, examples: [] };
      const examples = known.examples.length < EXAMPLES_MAX ? [...known.examples, clientFileId] : known.examples;
      alike.set(key, { ...known, files: known.files + 1, examples });
    },
    all: () => [...alike.values()].sort((a, b) => b.files - a.files),
  };
}
