import { setTimeout as delay } from "node:timers/promises";
import { Client, type QueryResult } from "pg";

const CONNECT_LIMIT_MS = 5_000;
const START_LIMIT_MS = 60_000; // first start of a container on a slow disk
const RETRY_MS = 50;

/**
 * Runs one statement on a connection of its own and answers its rows; of several, which have no values, those of the last one. Rejects
 * with the driver's error.
 */
export async function queryPostgres(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  client.on("error", () => undefined); // a server that goes away after the answer is no failure of the statement
  try {
    await client.connect();
    const results: QueryResult | QueryResult[] = await client.query(sql, values);
    return [results].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Rejects with the last refusal when the server doesn't answer in time. */
export async function waitUntilPostgresAnswers(url: string): Promise<void> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await queryPostgres(url, "select 1");
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await delay(RETRY_MS);
    }
  }
}
