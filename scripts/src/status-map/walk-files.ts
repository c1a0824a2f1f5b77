import { sumAlike } from "./alike-changes.ts";
import type { AlikeChanges, Stretch } from "./ask-ops.ts";

export type WalkEnd = { touched: number; changes: AlikeChanges[]; interrupted: boolean };
export type WalkTools = {
  signal: AbortSignal;
  /** After each call: files that were looked at, and how many there are. */
  progress(looked: number, files: number): void;
};

/** Call after call, until all files were looked at. Aborted: the call at hand is waited for, and no other is made. */
export async function walkFiles(
  { signal, progress }: WalkTools,
  call: (cursor: string | null) => Promise<Stretch>,
): Promise<WalkEnd> {
  let [looked, touched] = [0, 0];
  const changes: AlikeChanges[] = [];
  for (let cursor: string | null = null; ; ) {
    const stretch = await call(cursor);
    looked += stretch.looked;
    touched += stretch.touched;
    changes.push(...stretch.changes);
    progress(looked, stretch.files);
    cursor = stretch.nextCursor;
    if (cursor === null || signal.aborted) {
      return { touched, changes: sumAlike(changes), interrupted: cursor !== null };
    }
  }
}
