import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { copySources } from "./gates/copy-sources.ts";

/**
 * A suite that can't fail proves nothing. First it must hold on the sources as they are, or its failures would tell nothing.
 * Then one promise at a time is broken in a copy of them, by a patch that is kept with the chaos suite, and the suite must
 * fail there, by the check that guards this promise. `npm run test:chaos:mutations -- control lost` tries these alone.
 */
const mutation = z.object({ breaks: z.string(), check: z.string(), faults: z.string() });
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

const allFaults = [...new Set(Object.values(known).flatMap(({ faults }) => faults.split(",")))].join(",");
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

if (isWanted("control")) {
  const offenders = await offendersIn({ patch: null, faults: allFaults });
  const [first] = offenders;
  tell("control", "nothing is broken", {
    text: first ? `FAILED, ${first.check}: ${first.what}` : "held",
    isRight: first === undefined,
  });
}
for (const [name, { breaks, check, faults }] of Object.entries(known)) {
  if (!isWanted(name)) continue;
  const found = (await offendersIn({ patch: `${name}.patch`, faults })).filter((one) => one.check === check).length;
  tell(name, breaks, { text: found > 0 ? `found, ${found} times` : "NOT FOUND", isRight: found > 0 });
}

function tell(name: string, what: string, { text, isRight }: { text: string; isRight: boolean }): void {
  console.log(`${name}: ${what}: ${text}`);
  if (!isRight) process.exitCode = 1;
}

type Offender = { check: string; what: string };

/** What the checks found. Throws, with what the suite said, when it came to no verdict. */
async function offendersIn({ patch, faults }: { patch: string | null; faults: string }): Promise<Offender[]> {
  const copy = await copySources("mutation");
  try {
    if (patch !== null) await run("git", ["apply", join(FOLDER, patch)], { cwd: copy.path });
    const json = join(copy.path, "report.json");
    const logs = join(copy.path, "logs");
    const args = ["chaos/src/main.ts", ...SETTINGS, "--faults", faults, "--json", json, "--keep", logs];
    const said = await run(process.execPath, args, { cwd: copy.path, maxBuffer: MAX_OUTPUT }).catch(
      (failure: { stdout: string; stderr: string }) => failure,
    );
    const written = await readFile(json, "utf8").catch(() => {
      throw new Error(`the suite came to no verdict\n${said.stdout}\n${said.stderr}`);
    });
    const { runs } = report.parse(JSON.parse(written));
    return runs.flatMap(({ checks }) =>
      checks.flatMap(({ name, offenders }) => offenders.map((what) => ({ check: name, what }))),
    );
  } finally {
    await copy.remove();
  }
}
