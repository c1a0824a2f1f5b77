import { openLedger } from "@receiver/ledger";
import { ConfigError, ReceiverError } from "@receiver/runtime";
import { findDatabase } from "./audit/find-database.ts";
import { describeDrift } from "./drift/describe.ts";
import { listAllDrift } from "./drift/list-all.ts";
import { parseDriftOptions } from "./drift/options.ts";

/** `npm run drift`: what the contract doesn't know, by name, and since when. */
const EXIT_CONFIG = 78;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const { since, json } = parseDriftOptions(process.argv);
try {
  const ledger = openLedger({ databaseUrl: findDatabase(process.env), applicationName: "drift", poolSize: 1 });
  try {
    await ledger.expectSchema();
    const records = await listAllDrift(ledger, since);
    for (const line of json ? records.map((record) => JSON.stringify(record)) : describeDrift(records)) say(line);
  } finally {
    await ledger.close();
  }
} catch (thrown) {
  if (!(thrown instanceof ReceiverError)) throw thrown;
  process.stderr.write(`drift: ${thrown instanceof ConfigError ? thrown.describe() : thrown.message}\n`);
  process.exitCode = thrown instanceof ConfigError ? EXIT_CONFIG : 1;
}
