import { queryPostgres } from "@receiver/local-services";
import type { Services } from "../services.ts";

/** Leaves nothing of the run on a server that isn't ours. */
export async function dropDatabases({ postgresUrl, databasePrefix }: Services): Promise<void> {
  const find = "select datname from pg_database where starts_with(datname, $1)";
  const found = await queryPostgres(postgresUrl, find, [databasePrefix]);
  for (const { datname } of found) await dropDatabase(postgresUrl, String(datname));
}

/** Ends the connections that are still open to it. */
export async function dropDatabase(postgresUrl: string, name: string): Promise<void> {
  await queryPostgres(postgresUrl, `drop database if exists "${name}" with (force)`);
}
