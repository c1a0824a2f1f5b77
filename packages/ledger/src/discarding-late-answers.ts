import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import { isReadTimeout } from "./database-errors.ts";

/**
 * A pool that never lends a connection again on which an answer is overdue. The driver gives such a statement up but keeps
 * the connection: when the server wakes, it runs the statement after all, and the next borrower would find himself in a
 * transaction that is not his, or wait for an answer that is not his either.
 */
export function discardingLateAnswers(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => lend(await pool.connect()),
    end: () => pool.end(),
  };
}

function lend(client: pg.PoolClient): PostgresPoolClient {
  let overdue: unknown = null;
  const query = async <Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>> => {
    if (overdue !== null) throw overdue; // the rollback, say: it would wait behind the statement that hangs
    try {
      return (await client.query(text, [...values])) as unknown as PostgresQueryResult<Row>;
    } catch (thrown) {
      if (isReadTimeout(thrown)) overdue = thrown;
      throw thrown;
    }
  };
  return {
    query: query as PostgresPoolClient["query"], // its other form is for cursors, which need a driver of their own
    release: (destroy) => client.release(destroy || overdue !== null),
  };
}
