import { queryPostgres } from "@receiver/local-services";
import { createDatabase, type TestDatabase } from "./create-database.ts";

export type LentDatabase = {
  url: string;
  /** Ends the connections that are still open to it. */
  giveBack(): Promise<void>;
};

/** Of this worker, emptied. All have one form. */
const idle: TestDatabase[] = [];
let formWhenNew: string | null = null;

/**
 * An empty database with this version's schema for one test: one that another test gave back, or a new one. To make one
 * and drop it takes Postgres several times the work. For tests that work inside their own process: what outlived its test,
 * an app say, could come back to a database that is another's by then.
 */
export async function lendDatabase(): Promise<LentDatabase> {
  const database = idle.pop() ?? (await createDatabase());
  formWhenNew ??= await formOf(database.url);
  return {
    url: database.url,
    giveBack: async () => {
      if ((await formOf(database.url, EMPTIES)) !== formWhenNew) return database.drop();
      idle.push(database);
    },
  };
}

/** Migrations, tables, columns, functions and triggers, and whether these are on: a test may have changed them. `before`: what to do first. */
async function formOf(url: string, before = ""): Promise<string> {
  const [row] = await queryPostgres(
    url,
    `${before}; select
      (select string_agg(name, ',' order by name) from kysely_migration) as migrations,
      (select count(*) from pg_class) as relations,
      (select count(*) from pg_attribute where not attisdropped) as columns,
      (select count(*) from pg_proc) as functions,
      (select string_agg(tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text, ',' order by oid) from pg_trigger) as triggers,
      (select count(*) from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())) as settings`,
  );
  return JSON.stringify(row);
}

/** As a replica would: triggers that guard rows against being removed stand aside. Deleting few rows is cheaper than TRUNCATE's new files. */
const EMPTIES = `
  do $$
  declare filled text;
  begin
    perform pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid();
    set local session_replication_role = replica;
    for filled in
      select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename not like 'kysely%'
        and pg_relation_size(format('%I.%I', schemaname, tablename)::regclass) > 0
    loop
      execute format('delete from %s', filled);
    end loop;
    for filled in select quote_ident(sequencename) from pg_sequences where schemaname = 'public' loop
      execute format('alter sequence %s restart', filled);
    end loop;
  end $$`;
