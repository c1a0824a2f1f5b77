import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { copySources } from "./gates/copy-sources.ts";

/**
 * A suite that can't fail proves nothing. Breaks one promise in a copy of the sources, by a patch that is kept with the chaos
 * suite, runs the suite there, and fails unless it failed by the check that guards this promise. `npm run test:chaos:mutations
 * -- lost` tries one alone.
 */
const mutation = z.object({ breaks: z.string(), check: z.string(), faults: z.string() });
type Mutation = z.output<typeof mutation>;
const report = z.object({
  runs: z.array(z.object({ checks: z.array(z.object({ name: z.string(), offenders: z.array(z.string()) })) })),
});

const FOLDER = "chaos/mutations";
/** Gentle enough for two cores, and a fault each second: each promise is put to the test a hundred times. */
const SETTINGS = ["--minutes", "2", "--gap", "1", "--rate", "30", "--seed", "1"];
const MAX_OUTPUT = 1e8;

const run = promisify(execFile);
const known = z.record(z.string(), mutation).parse(JSON.parse(await readFile(join(FOLDER, "mutations.json"), "utf8")));
const wanted = process.argv.slice(2);

for (const [name, one] of Object.entries(known)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const offenders = await offendersUnder(name, one);
  console.log(`${name}: ${one.breaks}: ${offenders > 0 ? `found, ${offenders} times` : "NOT FOUND"}`);
  if (offenders === 0) process.exitCode = 1;
}

/** How much the check found that is to find it. Throws, with what the suite said, when it came to no verdict. */
async function offendersUnder(name: string, { check, faults }: Mutation): Promise<number> {
  const copy = await copySources("mutation");
  try {
    await run("git", ["apply", join(FOLDER, `${name}.patch`)], { cwd: copy.path });
    const json = join(copy.path, "report.json");
    const args = [
      "chaos/src/main.ts",
      ...SETTINGS,
      "--faults",
      faults,
      "--json",
      json,
      "--keep",
      join(copy.path, "logs"),
    ];
    const said = await run(process.execPath, args, { cwd: copy.path, maxBuffer: MAX_OUTPUT }).catch(
      (failure: { stdout: string; stderr: string }) => failure,
    );
    const written = await readFile(json, "utf8").catch(() => {
      throw new Error(`the suite came to no verdict\n${said.stdout}\n${said.stderr}`);
    });
    const { runs } = report.parse(JSON.parse(written));
    return runs.flatMap(({ checks }) => checks.find((one) => one.name === check)?.offenders ?? []).length;
  } finally {
    await copy.remove();
  }
}
