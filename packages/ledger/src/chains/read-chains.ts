import {
  auditChain,
  type Chain,
  type ChainTable,
  chainNamed,
  type Head,
  type Link,
  nameOfChain,
} from "@receiver/chains";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { LedgerTransaction } from "../transaction.ts";

const FILES_PER_PAGE = 500;
const ROWS_PER_PAGE = 2_000;
/** Sorts behind every name that begins with `transitions/`: "0" is the character behind "/". */
const BEHIND_TRANSITIONS = "transitions0";

export type ReadChain = { chain: Chain; head: Head | null; links: Link[] };
type HeadRow = { chain: string; position: string; hash: string };
type LinkRow = Omit<Link, "position"> & { position: string | null; file: string | null };

/** The chains of all files that have transitions or a head, page by page: a file's rows are few. */
export async function* readFileChains(trx: LedgerTransaction): AsyncGenerator<ReadChain[]> {
  for (let after: string | null = null; ; ) {
    const files: string[] = await filesBehind(trx, after);
    if (files.length === 0) return;
    const chains = files.map((clientFileId): Chain => ({ table: "transitions", clientFileId }));
    const heads = await readHeads(trx, chains.map(nameOfChain));
    const rows = await readLinks(trx, "transitions", {
      where: sql`client_file_id = any(${files}::uuid[])`,
      orderBy: sql`client_file_id, position nulls first, id`,
    });
    const byFile = Map.groupBy(rows, ({ file }) => file);
    yield chains.map((chain) => ({
      chain,
      head: heads.get(nameOfChain(chain)) ?? null,
      links: (byFile.get(chain.clientFileId) ?? []).map(linkOf),
    }));
    after = files.at(-1) ?? null;
  }
}

/** The audit log in the order of its chain, page by page. */
export async function* readAuditLog(trx: LedgerTransaction): AsyncGenerator<Link[]> {
  for (let last: LinkRow | null = null; ; ) {
    const behind: RawBuilder<SqlBool> = last
      ? sql`(coalesce(position, 0), id) > (${last.position ?? "0"}::bigint, ${last.id}::bigint)`
      : sql`true`;
    const rows: LinkRow[] = await readLinks(trx, "audit_log", {
      where: behind,
      orderBy: sql`coalesce(position, 0), id limit ${sql.lit(ROWS_PER_PAGE)}`,
    });
    if (rows.length === 0) return;
    yield rows.map(linkOf);
    last = rows.at(-1) ?? null;
  }
}

export const readAuditHead = async (trx: LedgerTransaction): Promise<Head | null> =>
  (await readHeads(trx, [nameOfChain(auditChain)])).get(nameOfChain(auditChain)) ?? null;

/** All heads, page by page, in the order of their names. */
export async function* readAllHeads(trx: LedgerTransaction): AsyncGenerator<{ chain: Chain; head: Head }[]> {
  for (let after = ""; ; ) {
    const rows = await headRows(trx, sql`chain > ${after} order by chain limit ${sql.lit(ROWS_PER_PAGE)}`);
    if (rows.length === 0) return;
    yield rows.map((row) => ({ chain: chainNamed(row.chain), head: headOf(row) }));
    after = rows.at(-1)?.chain ?? after;
  }
}

/** The hashes that rows bear at each of these places now: more than one where a row was slipped in. */
export async function hashesAt(
  trx: LedgerTransaction,
  places: readonly { chain: Chain; position: number }[],
): Promise<(string | null)[][]> {
  const names = places.map(({ chain }) => nameOfChain(chain));
  const positions = places.map(({ position }) => position);
  const { rows } = await sql<{ hashes: (string | null)[] }>`
    select case when p.chain = 'audit_log'
      then array(select encode(hash, 'hex') from audit_log where coalesce(position, 0) = p.position)
      else array(select encode(hash, 'hex') from transitions
        where client_file_id = substr(p.chain, 13)::uuid and position = p.position)
      end as hashes
    from unnest(${names}::text[], ${positions}::bigint[]) with ordinality as p (chain, position, place)
    order by place`.execute(trx);
  return rows.map(({ hashes }) => hashes);
}

export async function countRows(trx: LedgerTransaction): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select (select count(*) from transitions) + (select count(*) from audit_log) as count`.execute(trx);
  return Number(rows[0]?.count);
}

async function filesBehind(trx: LedgerTransaction, after: string | null): Promise<string[]> {
  const [inRows, inHeads] =
    after === null
      ? [sql`true`, sql`chain > 'transitions/'`]
      : [sql`client_file_id > ${after}`, sql`chain > ${`transitions/${after}`}`];
  const limit = sql.lit(FILES_PER_PAGE);
  const { rows } = await sql<{ file: string }>`
    (select distinct client_file_id as file from transitions where ${inRows} order by 1 limit ${limit})
    union
    (select substr(chain, 13)::uuid from chain_heads where ${inHeads} and chain < ${BEHIND_TRANSITIONS} order by chain limit ${limit})
    order by file limit ${limit}`.execute(trx);
  return rows.map(({ file }) => file);
}

async function readLinks(
  trx: LedgerTransaction,
  table: ChainTable,
  { where, orderBy }: { where: RawBuilder<unknown>; orderBy: RawBuilder<unknown> },
): Promise<LinkRow[]> {
  const file = table === "transitions" ? sql`client_file_id` : sql`null::uuid`;
  const { rows } = await sql<LinkRow>`
    select id, ${file} as file, position, encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash,
      (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(t) - '{position,previous_hash,hash}'::text[])
        where value is not null) as content
    from ${sql.table(table)} t where ${where} order by ${orderBy}`.execute(trx);
  return rows;
}

const linkOf = ({ id, position, previousHash, hash, content }: LinkRow): Link => ({
  id,
  position: position === null ? null : Number(position),
  previousHash,
  hash,
  content,
});

const headOf = ({ position, hash }: HeadRow): Head => ({ position: Number(position), hash });

async function readHeads(trx: LedgerTransaction, names: string[]): Promise<Map<string, Head>> {
  const rows = await headRows(trx, sql`chain = any(${names}::text[])`);
  return new Map(rows.map((row) => [row.chain, headOf(row)]));
}

async function headRows(trx: LedgerTransaction, where: RawBuilder<unknown>): Promise<HeadRow[]> {
  const { rows } = await sql<HeadRow>`
    select chain, position, encode(hash, 'hex') as hash from chain_heads where ${where}`.execute(trx);
  return rows;
}
