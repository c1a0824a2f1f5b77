import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The names in it, to the device. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** With those above it that are missing, and all their names on the device: a folder whose name is lost is lost with what is in it. */
export async function makeFolder(path: string): Promise<void> {
  const wanted = resolve(path);
  const topmost = await mkdir(wanted, { recursive: true, mode: 0o700 });
  if (topmost === undefined) return;
  for (let made = wanted; made.length >= topmost.length; made = dirname(made)) await flushFolder(dirname(made));
}
