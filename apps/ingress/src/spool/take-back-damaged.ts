import { readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { flushFolder } from "./flush-folder.ts";
import { readStretches } from "./record.ts";
import { nextSegmentName, type SealedSegment } from "./segment-list.ts";
import { damagedFolder } from "./tidy.ts";

/** After so long nobody is writing a file any more: that takes milliseconds, and one that is taken half written is lost. */
const SETTLED_AFTER_MS = 60_000;

/** `segments`: what was moved to the process' own folder; `failed`: why others could not be. */
export type TakeBack = () => Promise<{ segments: SealedSegment[]; failed: unknown[] }>;

/**
 * Takes back what a version set aside that could not read it, and this one can: after going back and forward again, the
 * deliveries of the time between lie there. Each file is looked at once. What of it is no record is set aside again.
 */
export function createTakeBack(spoolDir: string, ownPath: string): TakeBack {
  const folder = damagedFolder(spoolDir);
  const looked = new Set<string>();

  const takeBack = async (name: string): Promise<SealedSegment[]> => {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs < SETTLED_AFTER_MS) return [];
    looked.add(name);
    const bytes = await readFile(path);
    if (!holdsRecord(bytes)) return [];
    const target = join(ownPath, nextSegmentName({ refused: false }));
    await rename(path, target);
    await flushFolder(ownPath);
    return [{ path: target, bytes: bytes.length, drainedTo: 0 }];
  };
  return async () => {
    const segments: SealedSegment[] = [];
    const failed: unknown[] = [];
    // Gone: nothing was ever set aside, or another process took it.
    const note = (thrown: unknown) => {
      if (!isGone(thrown)) failed.push(thrown);
      return [];
    };
    const names = await readdir(folder).catch(note);
    for (const name of names.filter((each) => !looked.has(each))) segments.push(...(await takeBack(name).catch(note)));
    return { segments, failed };
  };
}

function holdsRecord(bytes: Buffer): boolean {
  for (const { kind } of readStretches(bytes)) if (kind === "record") return true;
  return false;
}

const isGone = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === "ENOENT";
