import type { TestLedger } from "./open-test-ledger.ts";

/** Every row of every table, as text: equal dumps, equal databases. */
export async function dumpTables(t: Pick<TestLedger, "rows">): Promise<Record<string, string[]>> {
  const tables = await t.rows<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const dumps = tables.map(async ({ name }) => {
    const rows = await t.rows<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    return [name, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(dumps));
}
