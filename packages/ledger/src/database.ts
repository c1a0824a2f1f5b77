import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { lendingPool } from "./lending-pool.ts";

export type DatabaseOptions = {
  databaseUrl: string;
  applicationName: string;
  /** Connections at most. */
  poolSize?: number;
  /** Milliseconds after which Postgres ends a statement. */
  statementTimeoutMs?: number;
};

/** Long enough for a refold of a file with thousands of events, short enough that a hung statement frees its connection. */
const STATEMENT_TIMEOUT_MS = 15_000;
/** A database that doesn't accept a connection in this time is away. */
const CONNECT_TIMEOUT_MS = 3_000;
/** The server may be gone without a word (frozen, unplugged): don't wait on its socket much longer than on its statement. */
const SOCKET_GRACE_MS = 1_000;
/** A process frozen in mid-transaction must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_MS = 20_000;
const POOL_SIZE = 10;

/** Opens a pool; connects on first use. */
export function openDatabase<T>(options: DatabaseOptions): Kysely<T> {
  return new Kysely<T>({ dialect: new PostgresDialect({ pool: lendingPool(openPool(options)) }) });
}

function openPool(options: DatabaseOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.poolSize ?? POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + SOCKET_GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
  });
  // A connection that breaks, idle or lent, is replaced by the pool and told to who uses it; without a listener the event
  // would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}
