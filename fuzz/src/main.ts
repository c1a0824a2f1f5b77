import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions } from "./options.ts";
import { describeRun } from "./report/describe.ts";
import { hasFailed } from "./report/run-report.ts";
import { run } from "./run.ts";

/** `npm run test:fuzz`: one run, and a table of what came of each kind of input. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const SEEDS = 1_000_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const options = parseOptions(process.argv);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort()); // a second one ends the process at once, and the guards what it started
}

const folder = await mkdtemp(join(tmpdir(), "receiver-fuzz-"));
const seed = options.seed ?? randomInt(SEEDS);
const report = await run({ options: { ...options, seed }, env: process.env, folder, signal: interrupted.signal, say });
const isKept = report !== null && hasFailed(report);
if (!isKept) await rm(folder, { recursive: true, force: true });
if (report) say(describeRun(report, isKept ? folder : null));
if (isKept) process.exitCode = 1;
if (interrupted.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
