import { openDanayaApi } from "@receiver/danaya-api";
import { openLedger, type Rules } from "@receiver/ledger";
import { ConfigError, ReceiverError } from "@receiver/runtime";
import { dryRun } from "./ask-again/dry-run.ts";
import { readAskingEnvironment, readDatabaseUrl } from "./ask-again/environment.ts";
import { parseOptions } from "./ask-again/options.ts";
import { runAskAgain } from "./ask-again/run-ask-again.ts";

/** `npm run ask-again`: asks Danaya's API about every open client file. */
const EXIT_CONFIG = 78;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const options = parseOptions(process.argv);
const open = (databaseUrl: string, rules?: Rules) =>
  openLedger({ databaseUrl, applicationName: "ask-again", poolSize: 2, rules });
try {
  if (options.dryRun) {
    const ledger = open(readDatabaseUrl(process.env));
    await dryRun(ledger, options, say).finally(ledger.close);
  } else {
    const { databaseUrl, rules, api: credentials } = readAskingEnvironment(process.env);
    const [ledger, api] = [open(databaseUrl, rules), openDanayaApi(credentials)];
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort()); // a second one ends the process at once
    const run = runAskAgain({ ledger, api, interrupted: interrupted.signal, say }, options);
    process.exitCode = await run.finally(api.close).finally(ledger.close);
  }
} catch (error) {
  if (!(error instanceof ReceiverError)) throw error;
  process.stderr.write(`ask-again: ${error instanceof ConfigError ? error.describe() : error.message}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
