import type { ChainTable, Finding } from "@receiver/chains";
import type { TestLedger } from "../open-test-ledger.ts";

export type Column = { name: string; type: string; nullable: boolean };

/** Another value than the one in the column, by the column's type: a new type must be added here. */
const otherValues: Record<string, (column: string) => string> = {
  bigint: (column) => `${column} + 1000`,
  integer: (column) => `${column} + 1`,
  uuid: () => "gen_random_uuid()",
  text: (column) => `coalesce(${column}, '') || '.'`,
  boolean: (column) => `not ${column}`,
  bytea: (column) => `${column} || '\\x00'`,
  jsonb: () => `'{"forged": true}'`,
  "timestamp with time zone": (column) => `${column} + interval '1 microsecond'`,
};

export const columnsOf = (t: TestLedger, table: ChainTable): Promise<Column[]> =>
  t.rows<Column>(
    `select column_name as name, data_type as type, is_nullable = 'YES' as nullable from information_schema.columns
      where table_schema = 'public' and table_name = $1 order by 1`,
    [table],
  );

/** What may be written into the column instead of what is there: null, too, where it may be. */
export function forgeries({ name, type, nullable }: Column): string[] {
  const other = otherValues[type];
  if (!other) throw new Error(`how is a ${type} forged? ${name} is one`);
  return [other(name), ...(nullable ? ["null"] : [])];
}

/** What a superuser can do, who is held by no trigger. In one transaction, and without parameters. */
export const tamper = (t: TestLedger, statements: string): Promise<unknown> =>
  t.rows(`set local session_replication_role = replica; ${statements}`);

/** What a verification finds, in short. */
export async function findingsOf({ ledger }: Pick<TestLedger, "ledger">): Promise<Finding[]> {
  const findings: Finding[] = [];
  await ledger.audit.verify({ found: (finding) => findings.push(finding), progress: () => undefined });
  return findings;
}

/** A way back to the rows as they are now. */
export async function keepRows(t: TestLedger): Promise<() => Promise<unknown>> {
  const tables = ["transitions", "audit_log", "chain_heads"];
  for (const table of tables) await t.rows(`create table kept_${table} as select * from ${table}`);
  const back = (table: string) =>
    `truncate ${table}; insert into ${table} overriding system value select * from kept_${table}`;
  return () => tamper(t, tables.map(back).join("; "));
}
