import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

// A stack is "<name>: <message>" and then frames, in one string; name and message may hold anything, lines that look
// like frames included. So a frame is never copied from the stack. Only its location is read, and only
// where it names a public module of Node or a file that exists: data can't pass through that.

const FRAMES_KEPT = 10;
const CHECKED_FILES_KEPT = 1_000; // an attacker may choose the names of fake frames
const FRAME_LENGTH = 1_000; // characters; keeps the expression below from labouring over a crafted line
const LOCATION = /^\s+at (?:.* \()?(.+?):(\d{1,6}):(\d{1,6})\)?$/;
const projectRoot = join(import.meta.dirname, "..", "..", "..", "..");

/** @returns `file:line:column` of each frame, innermost first, at most ten; [] where there are none. Never throws. */
export function framesOf(thrown: unknown): string[] {
  try {
    if (!(thrown instanceof Error) || typeof thrown.stack !== "string") return [];
    return frameLines(thrown, thrown.stack)
      .map(locationOf)
      .filter((location) => location !== null)
      .slice(0, FRAMES_KEPT);
  } catch {
    return []; // a getter or a proxy that throws
  }
}

/** Frames stand last: the unbroken run of them at the end, after the message has been cut where it is known. */
function frameLines(error: Error, stack: string): string[] {
  const header = `${error.name}: ${error.message}`;
  const lines = (stack.startsWith(header) ? stack.slice(header.length) : stack).split("\n");
  const lastOther = lines.findLastIndex((line) => !/^\s+at /.test(line));
  return lines.slice(lastOther + 1);
}

function locationOf(line: string): string | null {
  if (line.length > FRAME_LENGTH) return null;
  const [, source, row, column] = LOCATION.exec(line) ?? [];
  const file = source === undefined ? null : knownFile(source);
  return file === null ? null : `${file}:${row}:${column}`;
}

function knownFile(source: string): string | null {
  if (source.startsWith("node:")) return isBuiltin(source) ? source : null;
  const path = source.startsWith("file://") ? fileURLToPath(source) : source;
  return isAbsolute(path) && exists(path) ? shorten(path) : null;
}

/** Without the folders above the project: they may name a person. */
function shorten(path: string): string {
  const inside = relative(projectRoot, path);
  return inside.startsWith("..") ? relative(dirname(dirname(path)), path) : inside.split(sep).join("/");
}

const checkedFiles = new Map<string, boolean>();

function exists(path: string): boolean {
  const known = checkedFiles.get(path);
  if (known !== undefined) return known;
  if (checkedFiles.size >= CHECKED_FILES_KEPT) checkedFiles.clear();
  const found = existsSync(path);
  checkedFiles.set(path, found);
  return found;
}
