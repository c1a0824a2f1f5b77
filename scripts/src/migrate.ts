import { migrate } from "@receiver/ledger";
import { applyRoles, roleStatements } from "@receiver/ledger/roles";
import { ConfigError, ReceiverError } from "@receiver/runtime";
import { readEnvironment } from "./migrate/environment.ts";
import { parseOptions } from "./migrate/options.ts";

/** `npm run migrate`: the schema of this version and, with --roles, who may do what with it. */
const EXIT_CONFIG = 78;

const options = parseOptions(process.argv);
try {
  const { databaseUrl, logins } = readEnvironment(process.env);
  if (options.dryRun) {
    for (const statement of roleStatements(logins)) console.log(`${statement};`);
  } else {
    const ran = await migrate(databaseUrl);
    console.log(ran.length > 0 ? `ran ${ran.join(", ")}` : "the schema is up to date");
    if (options.roles) await applyRoles(databaseUrl, logins);
    if (options.roles) console.log(`the roles have their grants; ${logins.length} logins are members of them`);
  }
} catch (error) {
  if (!(error instanceof ReceiverError)) throw error;
  console.error(`migrate: ${error instanceof ConfigError ? error.describe() : error.message}`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
