import type { PostgresQueueBackend } from "bullmq";

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

/**
 * A connection that breaks while it is lent tells whose query it was, and besides that raises an event on the client, to
 * which BullMQ does not listen while it looks at its schema: that would end the process. To be called before the first connection.
 */
export function surviveLostClients({ connection }: Pick<PostgresQueueBackend, "connection">): void {
  connection.pool.on("connect", (client) => void client.on("error", () => undefined));
}
