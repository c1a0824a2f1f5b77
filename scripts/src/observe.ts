import { openLedger, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { ConfigError, readConfig } from "@receiver/runtime";
import { describeObserved } from "./observe/describe.ts";
import { foretellAll } from "./observe/foretell-all.ts";
import { type ObserveOptions, parseObserveOptions } from "./observe/options.ts";
import { CantReplay, type FoundPipeline, findPipeline, toldPlainly } from "./replay/find-pipeline.ts";

/** `npm run observe`: what would come of the deliveries that wait. Changes nothing. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayAside = (line: string) => void process.stderr.write(`${line}\n`);

const options = parseObserveOptions(process.argv);
try {
  const pipeline = findPipeline(process.env);
  sayAside(`on ${pipeline.description}`);
  process.exitCode = await observe(pipeline, options);
} catch (thrown) {
  if (!(thrown instanceof CantReplay || thrown instanceof ConfigError)) throw thrown;
  sayAside(`observe: ${thrown instanceof ConfigError ? thrown.describe() : thrown.message}`);
  process.exitCode = 1;
}

async function observe(pipeline: FoundPipeline, { json, ...filter }: ObserveOptions): Promise<number> {
  const rules = rulesIn(readConfig(rulesEnvironment, process.env));
  sayAside(`by CONFIRM=${rules.confirm}${rules.lookUps === null ? ", since DANAYA_API_URL is not set here" : ""}`);
  const ledger = openLedger({ ...pipeline, rules, applicationName: "observe", poolSize: 2 });
  try {
    await ledger.expectSchema();
    const observed = await foretellAll(ledger, filter, new Date());
    for (const line of json ? [JSON.stringify(observed)] : describeObserved(observed)) say(line);
    return observed.failing.length > 0 ? 1 : 0;
  } catch (thrown) {
    throw toldPlainly(thrown, pipeline);
  } finally {
    await ledger.close();
  }
}
