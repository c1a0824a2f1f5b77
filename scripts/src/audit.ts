import { openLedger } from "@receiver/ledger";
import { ConfigError, ReceiverError } from "@receiver/runtime";
import { exportHeads } from "./audit/export-heads.ts";
import { findDatabase } from "./audit/find-database.ts";
import { UnusableHeads } from "./audit/heads-file.ts";
import { type AuditOptions, parseAuditOptions } from "./audit/options.ts";
import { verify } from "./audit/verify.ts";

/** `npm run audit`: verifies the hash chains of the ledger, and exports their heads. */
const EXIT_NOT_VERIFIED = 2;
const EXIT_CONFIG = 78;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayAside = (line: string) => void process.stderr.write(`${line}\n`);

const options = parseAuditOptions(process.argv);
try {
  process.exitCode = await audit(findDatabase(process.env), options);
} catch (thrown) {
  if (!(thrown instanceof ReceiverError || thrown instanceof UnusableHeads)) throw thrown;
  sayAside(`audit: ${thrown instanceof ConfigError ? thrown.describe() : thrown.message}`);
  process.exitCode = thrown instanceof ConfigError ? EXIT_CONFIG : EXIT_NOT_VERIFIED;
}

async function audit(databaseUrl: string, chosen: AuditOptions): Promise<number> {
  const ledger = openLedger({ databaseUrl, applicationName: "audit", poolSize: 1 });
  try {
    await ledger.expectSchema();
    if (chosen.command === "verify") return await verify({ audit: ledger.audit, say }, chosen);
    await exportHeads(ledger.audit, chosen.to, sayAside);
    return 0;
  } finally {
    await ledger.close();
  }
}
