import { randomUUID } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { flushFolder, makeFolder } from "./flush-folder.ts";
import { SOCKET } from "./owned-folder.ts";

export const damagedFolder = (spoolDir: string): string => join(spoolDir, "damaged");

/** Keeps what can't be read for somebody who can: in `SPOOL_DIR/damaged/`, a file for each stretch. */
export async function setAside(spoolDir: string, bytes: Uint8Array): Promise<void> {
  const folder = damagedFolder(spoolDir);
  await makeFolder(folder);
  const file = await open(join(folder, `${randomUUID()}.bin`), "wx", 0o600);
  try {
    await file.appendFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await flushFolder(folder);
}

/** And the folder that it was in, when that was taken over and nothing else is left in it. */
export async function removeSegment(path: string, ownPath: string): Promise<void> {
  await rm(path, { force: true });
  await removeIfEmpty(dirname(path), ownPath);
}

/** Upwards, up to the process' own folder. */
export async function removeIfEmpty(path: string, ownPath: string): Promise<void> {
  if (path === ownPath) return;
  const left = (await readdir(path)).filter((name) => name !== SOCKET);
  if (left.length > 0) return;
  await rm(path, { recursive: true });
  await removeIfEmpty(dirname(path), ownPath);
}
