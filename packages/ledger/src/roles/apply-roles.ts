import { sql } from "kysely";
import { takeLocks } from "../apply/lock-keys.ts";
import { openDatabase } from "../database.ts";
import type { LedgerTables } from "../tables.ts";
import { inTransaction } from "../transaction.ts";
import { type Login, roleStatements } from "./role-statements.ts";

/** Two runs at once would update the same rows of the catalogue, which Postgres refuses. */
const LOCK = "receiver-roles";

/**
 * All or nothing: nobody is without his rights in between.
 *
 * @throws ReceiverError DATABASE_UNAVAILABLE, also where the user may not create roles
 */
export async function applyRoles(databaseUrl: string, logins: readonly Login[]): Promise<void> {
  const db = openDatabase<LedgerTables>({ databaseUrl, poolSize: 1, applicationName: "receiver-roles" });
  try {
    await inTransaction(db, async (trx) => {
      await takeLocks(trx, [LOCK]);
      for (const statement of roleStatements(logins)) await sql.raw(statement).execute(trx);
    });
  } finally {
    await db.destroy();
  }
}
