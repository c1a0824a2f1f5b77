import { createHash } from "node:crypto";
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import { isReadTimeout, isStalePlan } from "./database-errors.ts";

/**
 * Each text that is sent is prepared once per connection under a name, so that Postgres needn't read and plan the same dozens of
 * statements for every delivery. More texts than this (a list of another length is another text) would fill its memory.
 */
const MAX_PREPARED = 200;

/**
 * A pool that never lends a connection again on which an answer is overdue, or whose plans a migration has outdated. The driver
 * gives a late statement up but keeps the connection: when the server wakes, it runs the statement after all, and the next
 * borrower would find himself in a transaction that is not his, or wait for an answer that is not his either.
 */
export function lendingPool(pool: pg.Pool): PostgresPool {
  const nameOf = statementNames();
  return {
    options: pool.options,
    connect: async () => lend(await pool.connect(), nameOf),
    end: () => pool.end(),
  };
}

type NameOf = (text: string) => string | undefined;

function lend(client: pg.PoolClient, nameOf: NameOf): PostgresPoolClient {
  let overdue: unknown = null;
  let isSpent = false;
  const query = async <Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>> => {
    if (overdue !== null) throw overdue; // the rollback, say: it would wait behind the statement that hangs
    try {
      const name = nameOf(text);
      const statement = { text, values: [...values], ...(name !== undefined && { name }) };
      return (await client.query(statement)) as unknown as PostgresQueryResult<Row>;
    } catch (thrown) {
      if (isReadTimeout(thrown)) overdue = thrown;
      if (isReadTimeout(thrown) || isStalePlan(thrown)) isSpent = true;
      throw thrown;
    }
  };
  return {
    query: query as PostgresPoolClient["query"], // its other form is for cursors, which need a driver of their own
    release: (destroy) => client.release(destroy || isSpent),
  };
}

/**
 * The same text has the same name in every process: behind a pooler they may come to share a connection, and one name for two
 * texts would run the other one. Undefined: it is sent unprepared.
 */
function statementNames(): NameOf {
  const names = new Map<string, string>();
  const digest = (text: string) => createHash("sha256").update(text).digest("base64url");
  return (text) => {
    if (!names.has(text) && names.size < MAX_PREPARED) names.set(text, digest(text));
    return names.get(text);
  };
}
