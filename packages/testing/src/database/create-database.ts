import { randomBytes } from "node:crypto";
import { queryPostgres } from "@receiver/local-services";
import { services } from "../services.ts";
import { dropDatabase } from "./drop-databases.ts";

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A database with this version's schema for one test file: a clone of one that was migrated once in the run. */
export async function createDatabase(): Promise<TestDatabase> {
  return createFrom(await provideTemplate());
}

/** A database without a schema, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom("template0");
}

async function createFrom(template: string): Promise<TestDatabase> {
  const { postgresUrl } = services();
  const name = newName();
  // Its files copied as they are: page by page through the log, Postgres' default, takes twice the time.
  await queryPostgres(postgresUrl, `create database "${name}" template "${template}" strategy file_copy`);
  return { url: urlOf(name), drop: () => dropDatabase(postgresUrl, name) };
}

/** Several test files may come here at once: each migrates one of its own, and the first to rename its own wins. */
async function provideTemplate(): Promise<string> {
  const { postgresUrl, databasePrefix } = services();
  const template = `${databasePrefix}template`;
  const exists = () => queryPostgres(postgresUrl, "select 1 from pg_database where datname = $1", [template]);
  if ((await exists()).length > 0) return template;
  const own = newName();
  await queryPostgres(postgresUrl, `create database "${own}" template template0`);
  // Loaded only here: tests that need no schema must run while the ledger doesn't.
  const { migrate } = await import("@receiver/ledger");
  await migrate(urlOf(own));
  try {
    await queryPostgres(postgresUrl, `alter database "${own}" rename to "${template}"`);
  } catch (error) {
    if ((await exists()).length === 0) throw error;
    await dropDatabase(postgresUrl, own);
  }
  return template;
}

function newName(): string {
  return `${services().databasePrefix}${randomBytes(6).toString("hex")}`;
}

function urlOf(name: string): string {
  const url = new URL(services().postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
