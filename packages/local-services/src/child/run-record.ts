import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf, type EndSignals, endProcess } from "./processes.ts";

/** Who runs a server in a folder, kept there so that the next start can tell a living owner from an orphan. */
type RunRecord = {
  pid: number /** part of the server's command line */;
  mark: string;
  owner: { pid: number; command: string };
};

const fileIn = (folder: string) => join(folder, "running.json");

export async function recordRun(folder: string, pid: number, mark: string): Promise<void> {
  const owner = { pid: process.pid, command: commandOf(process.pid) ?? "" };
  await writeFile(fileIn(folder), JSON.stringify({ pid, mark, owner } satisfies RunRecord));
}

export async function forgetRun(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

/**
 * Makes the folder free for a new server. A server whose owner died without ending it is ended now.
 * Throws when its owner lives: two owners would end each other's server.
 */
export async function endOrphanOf(folder: string, signals: EndSignals): Promise<"none" | "ended"> {
  const record = await readRecord(folder);
  if (record === null || !commandOf(record.pid)?.includes(record.mark)) return "none";
  if (commandOf(record.owner.pid) === record.owner.command) {
    throw new Error(
      `${folder} is in use by process ${record.owner.pid}: stop that one first, or set DATA_DIR to another folder`,
    );
  }
  await endProcess(record.pid, signals);
  return "ended";
}

async function readRecord(folder: string): Promise<RunRecord | null> {
  try {
    return JSON.parse(await readFile(fileIn(folder), "utf8"));
  } catch {
    return null; // never run here, or cut short while it was written: then the server had not been started long enough to matter
  }
}
