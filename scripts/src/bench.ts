import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeBench, describeMachine, hasFailed } from "./bench/describe-bench.ts";
import { parseBenchOptions } from "./bench/options.ts";
import { runBench } from "./bench/run-bench.ts";
import { startServers } from "./bench/servers.ts";

/** `npm run bench`: how fast the product is here, beside a bare server. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const say = (line: string) => void process.stdout.write(`${line}\n`);

const options = parseBenchOptions(process.argv);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort(new Error(signal)));

const folder = await mkdtemp(join(tmpdir(), "receiver-bench-"));
const log = await open(join(folder, "apps.log"), "a");
let isKept = false;
try {
  await using servers = { ...(await startServers(say)), [Symbol.asyncDispose]: () => servers.stop() };
  const machine = describeMachine(await servers.describe());
  const report = await runBench({ options, servers, folder, log: log.fd, say, signal: interrupted.signal });
  for (const line of describeBench(report, options, machine)) say(line);
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify({ at: new Date(), machine, options, ...report }, null, 2)}\n`);
  }
  if (hasFailed(report)) process.exitCode = 1;
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  else {
    isKept = true;
    process.exitCode = 1;
    process.stderr.write(
      `bench: ${error instanceof Error ? error.message : String(error)}; the apps' log: ${folder}/apps.log\n`,
    );
  }
} finally {
  await log.close();
  if (!isKept) await rm(folder, { recursive: true, force: true });
}
