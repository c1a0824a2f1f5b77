import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Registers what to do at the end; of the test, unless given. */
type AtTheEnd = (act: () => void) => unknown;

/** A folder closed to other users, as `mktemp -d` makes it; removed at the end. */
export function closedFolder(atTheEnd: AtTheEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "receiver-test-"));
  atTheEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that every user may enter; removed at the end. */
export function openFolder(atTheEnd: AtTheEnd = onTestFinished): string {
  const folder = closedFolder(atTheEnd);
  chmodSync(folder, 0o755);
  return folder;
}
