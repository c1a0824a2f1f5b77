import { ReceiverError } from "@receiver/runtime";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { openDatabase } from "./database.ts";
import { up as ledger } from "./migrations/0001-ledger.ts";
import { up as sealedBodies } from "./migrations/0002-sealed-bodies.ts";
import { up as hashChains } from "./migrations/0003-hash-chains.ts";
import { up as operators } from "./migrations/0004-operators.ts";
import { up as retention } from "./migrations/0005-retention.ts";
import { up as lookUps } from "./migrations/0006-look-ups.ts";
import { up as contractDrift } from "./migrations/0007-contract-drift.ts";
import { up as noticesAndStuckFiles } from "./migrations/0008-notices-and-stuck-files.ts";
import { up as supersedingFiles } from "./migrations/0009-superseding-files.ts";
import { up as operatorActs } from "./migrations/0010-operator-acts.ts";
import { up as receipts } from "./migrations/0011-receipts.ts";
import { up as notificationAudience } from "./migrations/0012-notification-audience.ts";
import { up as doubtsFirst } from "./migrations/0013-doubts-first.ts";
import type { LedgerTables } from "./tables.ts";
import { type LedgerDatabase, query } from "./transaction.ts";

/** In order of their names; a name that was released never changes. */
const migrations: Record<string, Migration> = {
  "0001-ledger": { up: ledger },
  "0002-sealed-bodies": { up: sealedBodies },
  "0003-hash-chains": { up: hashChains },
  "0004-operators": { up: operators },
  "0005-retention": { up: retention },
  "0006-look-ups": { up: lookUps },
  "0007-contract-drift": { up: contractDrift },
  "0008-notices-and-stuck-files": { up: noticesAndStuckFiles },
  "0009-superseding-files": { up: supersedingFiles },
  "0010-operator-acts": { up: operatorActs },
  "0011-receipts": { up: receipts },
  "0012-notification-audience": { up: notificationAudience },
  "0013-doubts-first": { up: doubtsFirst },
};

/** A migration may rewrite a large table, and whoever comes second waits for it. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

/**
 * Brings the database to this version's schema. Safe to run from several processes at once: kysely's migrator works
 * under an advisory lock.
 *
 * @returns the names of the migrations that this call ran.
 * @throws ReceiverError SCHEMA_AHEAD when the database was migrated by a newer version, DATABASE_UNAVAILABLE.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const db = openDatabase<LedgerTables>({
    databaseUrl,
    poolSize: 1,
    applicationName: "receiver-migrate",
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    return await query(() => migrateToLatest(db));
  } finally {
    await db.destroy();
  }
}

/**
 * Whether a running process can go on. A newer schema is no reason to stop: migrations only add until no older version runs,
 * or a deployment would take every old process out of service before a new one is up.
 *
 * @throws ReceiverError SCHEMA_BEHIND
 */
export async function checkSchema(db: LedgerDatabase): Promise<void> {
  const executed = await executedMigrations(db);
  if (Object.keys(migrations).some((name) => !executed.includes(name))) throw new ReceiverError("SCHEMA_BEHIND");
}

/** @throws ReceiverError SCHEMA_BEHIND or SCHEMA_AHEAD unless the database has exactly this version's schema. */
export async function expectSchema(db: LedgerDatabase): Promise<void> {
  refuseUnknown(await executedMigrations(db));
  await checkSchema(db);
}

async function migrateToLatest(db: LedgerDatabase): Promise<string[]> {
  refuseUnknown(await executedMigrations(db));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return results.map((result) => result.migrationName);
}

function refuseUnknown(executed: readonly string[]): void {
  if (executed.some((name) => !Object.hasOwn(migrations, name))) throw new ReceiverError("SCHEMA_AHEAD");
}

/** The names in kysely's own table. */
async function executedMigrations(db: LedgerDatabase): Promise<string[]> {
  const found = await sql<{ name: string | null }>`select to_regclass('kysely_migration')::text as name`.execute(db);
  if (found.rows[0]?.name === null) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map((row) => row.name);
}
