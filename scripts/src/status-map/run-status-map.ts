import type { AskOps, Entries } from "./ask-ops.ts";
import type { Rows } from "./command.ts";
import { describeForetold, describeMap, describeRefolded } from "./describe.ts";
import { type WalkTools, walkFiles } from "./walk-files.ts";

export type Tools = WalkTools & { ops: AskOps; json: boolean; say(line: string): void };

const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C

/** @returns the exit code, as the others here */
export async function showMap({ ops, json, say }: Tools): Promise<number> {
  const map = await ops.current();
  for (const line of json ? [JSON.stringify(map)] : describeMap(map)) say(line);
  return 0;
}

/** @param reason null: a dry run */
export async function setRows(tools: Tools, { set, remove }: Rows, reason: string | null): Promise<number> {
  const { ops, json, say } = tools;
  const { entries, version } = await ops.current();
  const kept = Object.entries(entries).filter(([status]) => !remove.includes(status));
  const wanted = { ...Object.fromEntries(kept), ...set };
  if (reason === null) return foretell(tools, wanted);
  const map = await ops.replace(wanted, version, reason);
  if (json) say(JSON.stringify(map));
  else {
    for (const line of describeMap(map)) say(line);
    say("\nfiles keep their states until their next delivery, or: npm run status-map -- refold --reason …");
  }
  return 0;
}

/** @param reason null: a dry run */
export async function refold(tools: Tools, reason: string | null): Promise<number> {
  const { ops, json, say } = tools;
  if (reason === null) return foretell(tools, (await ops.current()).entries);
  const end = await walkFiles(tools, (cursor) => ops.refold(reason, cursor));
  for (const line of json ? [JSON.stringify({ dryRun: false, ...end })] : describeRefolded(end)) say(line);
  return end.interrupted ? EXIT_INTERRUPTED : 0;
}

async function foretell(tools: Tools, entries: Entries): Promise<number> {
  const { ops, json, say } = tools;
  const end = await walkFiles(tools, (cursor) => ops.foretell(entries, cursor));
  for (const line of json ? [JSON.stringify({ dryRun: true, ...end })] : describeForetold(end)) say(line);
  return end.interrupted ? EXIT_INTERRUPTED : 0;
}
