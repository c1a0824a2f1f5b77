import { openLedger } from "@receiver/ledger";
import { ConfigError, ReceiverError } from "@receiver/runtime";
import { readRetentionEnvironment } from "./retention/environment.ts";
import { parseRetentionOptions } from "./retention/options.ts";
import { runRetentionCommand } from "./retention/run-retention-command.ts";

/** `npm run retention`: tells what has been kept long enough, and erases it where it is told to. */
const EXIT_CONFIG = 78;
/** The report counts whole tables. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000;

const options = parseRetentionOptions(process.argv);
try {
  const { databaseUrl, policy } = readRetentionEnvironment(process.env);
  const ledger = openLedger({
    databaseUrl,
    applicationName: "retention",
    poolSize: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort()); // a second one ends the process at once
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const tools = { ledger, policy, now: new Date(), interrupted: interrupted.signal, say, progress };
  process.exitCode = await runRetentionCommand(tools, options).finally(ledger.close);
} catch (error) {
  if (!(error instanceof ReceiverError)) throw error;
  process.stderr.write(`retention: ${error instanceof ConfigError ? error.describe() : error.message}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
