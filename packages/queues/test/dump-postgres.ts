import { Client } from "pg";

export async function queryDatabase(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table that isn't Postgres's own, a line each. */
export async function dumpPostgres(url: string): Promise<string> {
  const tables = await queryDatabase(
    url,
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    for (const row of await queryDatabase(url, `select * from ${String(name)}`)) {
      lines.push(`${String(name)} ${JSON.stringify(row)}`);
    }
  }
  return lines.join("\n");
}
