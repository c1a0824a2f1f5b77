import { randomInt } from "node:crypto";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseOptions } from "./options.ts";
import { describeRun } from "./report/describe.ts";
import { hasFailed, type RunReport, sumKinds } from "./report/run-report.ts";
import { markdownTable, plainTable } from "./report/tables.ts";
import { run } from "./run.ts";

/** `npm run test:chaos`: one run per seed, and a table of what came of the faults. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const SEEDS = 1_000_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const options = parseOptions(process.argv);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort()); // a second one ends the process at once, and the guards what it started
}

const reports: RunReport[] = [];
const waiting = [...(options.seeds ?? [options.seed ?? randomInt(SEEDS)])];

async function runSeed(seed: number): Promise<void> {
  const folder = options.keep
    ? resolve(options.keep, `seed-${seed}`)
    : await mkdtemp(join(tmpdir(), "receiver-chaos-"));
  const sayOf = (line: string) => say(options.atOnce === 1 ? line : `seed ${seed} | ${line.trimStart()}`);
  const report = await run({ seed, options, env: process.env, folder, signal: interrupted.signal, say: sayOf });
  const isKept = options.keep !== undefined || (report !== null && hasFailed(report));
  if (!isKept) await rm(folder, { recursive: true, force: true });
  if (report === null) return;
  const told = { ...report, logs: isKept ? folder : null };
  reports.push(told);
  say(describeRun(told));
}

/** One seed after the other, until none is left. */
async function runSeeds(): Promise<void> {
  for (let seed = waiting.shift(); seed !== undefined && !interrupted.signal.aborted; seed = waiting.shift()) {
    await runSeed(seed);
  }
}
await Promise.all(Array.from({ length: options.atOnce }, runSeeds));

const kinds = sumKinds(reports);
if (reports.length > 1) say(`\nall ${reports.length} runs\n\n${plainTable(kinds)}`);
if (options.json) await writeFile(options.json, `${JSON.stringify({ runs: reports, kinds }, null, 2)}\n`);
if (options.markdown) await appendFile(options.markdown, `${titleOf(reports)}\n\n${markdownTable(kinds)}\n\n`);
if (reports.some(hasFailed)) process.exitCode = 1;
if (interrupted.signal.aborted) process.exitCode = EXIT_INTERRUPTED;

function titleOf(runs: readonly RunReport[]): string {
  const seeds = runs.map(({ seed }) => seed).join(", ");
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  return `Seeds ${seeds}: ${requests} requests, ${runs.every((run) => !hasFailed(run)) ? "all checks held" : "FAILED"}`;
}
