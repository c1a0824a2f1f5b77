import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** A segment to which nothing is appended any more. `drainedTo`: how many of its bytes are in Postgres already. */
export type SealedSegment = { path: string; bytes: number; drainedTo: number };

const ENDING = ".spool";
/** Of deliveries that Postgres refused. */
const REFUSED = "refused-";
/** An owner's folder, or one that an owner took over. */
const FOLDER = /^(from-)?[0-9a-f]{10}$/;

let last = 0;

/** Names sort by the time of their making, whichever process made them: milliseconds since 1970, in digits of one number. */
export function nextSegmentName({ refused }: { refused: boolean }): string {
  last = Math.max(Date.now(), last + 1);
  return `${refused ? REFUSED : ""}${String(last).padStart(15, "0")}${ENDING}`;
}

/** The segments in a folder and in those below it, in no particular order. */
export async function segmentsBelow(path: string): Promise<SealedSegment[]> {
  const found: SealedSegment[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && FOLDER.test(entry.name)) found.push(...(await segmentsBelow(inner)));
    if (entry.isFile() && entry.name.endsWith(ENDING)) {
      found.push({ path: inner, bytes: (await stat(inner)).size, drainedTo: 0 });
    }
  }
  return found;
}

/** Those that wait for being drained, the oldest first. */
export type SegmentList = {
  first(): SealedSegment | undefined;
  /** The youngest of all. */
  push(segment: SealedSegment): void;
  /** Each by its age. */
  insert(segments: readonly SealedSegment[]): void;
  /** Behind the others, whatever its age. */
  putBack(segment: SealedSegment): void;
  remove(segment: SealedSegment): void;
};

export function createSegmentList(): SegmentList {
  let segments: SealedSegment[] = [];
  const without = (segment: SealedSegment) => segments.filter((other) => other !== segment);
  return {
    first: () => segments[0],
    push: (segment) => void segments.push(segment),
    insert: (more) => {
      segments = oldestFirst([...segments, ...more]);
    },
    putBack: (segment) => {
      segments = [...without(segment), segment];
    },
    remove: (segment) => {
      segments = without(segment);
    },
  };
}

function oldestFirst(segments: readonly SealedSegment[]): SealedSegment[] {
  const age = ({ path }: SealedSegment) => basename(path).replace(REFUSED, "");
  return segments.toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
}
