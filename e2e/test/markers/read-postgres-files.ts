import type { Client } from "pg";

/** What lies on disk of this database: its relations, the write-ahead log since then, temporary files and statistics. */
const FILES = `
  with places as (
    select 'base/' || oid as folder from pg_database where datname = current_database()
    union all values ('pg_wal'), ('base/pgsql_tmp'), ('pg_stat'), ('pg_logical'), ('global')
  ), files as (
    select folder, name, pg_stat_file(folder || '/' || name, true) as stat
    from places, lateral pg_ls_dir(folder, true, false) as name
  )
  select folder || '/' || name as path from files
  where not (stat).isdir and (folder <> 'pg_wal' or (stat).modification >= $1) order by path`;

/** Long values go out of line compressed, and nothing could be found in them: so they are to be stored as they are. */
const COMPRESSIBLE = `
  select format('alter table %s alter column %I set storage external', attrelid::regclass, attname) as statement
  from pg_attribute join pg_class on pg_class.oid = attrelid
  where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
    and attstorage in ('x', 'm')`;

/** Call it before there is anything to store. @returns the server's time. */
export async function storeUncompressed(client: Client): Promise<Date> {
  const { rows } = await client.query<{ statement: string }>(COMPRESSIBLE);
  for (const { statement } of rows) await client.query(statement);
  const { rows: times } = await client.query<{ now: Date }>("select date_trunc('second', now()) as now");
  return times[0]?.now ?? new Date(0);
}

/** One file after the other, once all that is in memory is written. By the server itself, as its superuser: it may run elsewhere. */
export async function* readPostgresFiles(client: Client, since: Date): AsyncGenerator<[path: string, bytes: Buffer]> {
  await client.query("checkpoint");
  const { rows } = await client.query<{ path: string }>(FILES, [since]);
  for (const { path } of rows) {
    const read = await client.query<{ bytes: Buffer | null }>("select pg_read_binary_file($1, true) as bytes", [path]);
    yield [path, read.rows[0]?.bytes ?? Buffer.alloc(0)]; // null: gone meanwhile
  }
}
