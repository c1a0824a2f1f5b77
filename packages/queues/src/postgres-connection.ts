/**
 * BullMQ keeps its tables and functions in a schema of its own, beside the ledger's. It is made on the first connection, under an
 * advisory lock, so that processes may start together.
 */
const SCHEMA = "bullmq";
const POOL_SIZE = 3;
const CONNECT_MS = 1_500;

export function postgresConnection(databaseUrl: string) {
  return {
    connectionString: databaseUrl,
    schema: SCHEMA,
    migrate: true,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
  };
}
