import { queryPostgres } from "@receiver/local-services";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase, createEmptyDatabase, type TestDatabase } from "../src/index.ts";

async function tablesOf({ url }: TestDatabase): Promise<unknown[]> {
  const rows = await queryPostgres(
    url,
    "select table_name from information_schema.tables where table_schema = 'public'",
  );
  return rows.map(({ table_name }) => table_name);
}

test("files that begin at once each get a migrated database of their own", async () => {
  const databases = await Promise.all([1, 2, 3].map(createDatabase));
  onTestFinished(async () => void (await Promise.all(databases.map(({ drop }) => drop()))));
  const [first, ...others] = await Promise.all(databases.map(tablesOf));
  expect(first).toContain("kysely_migration");
  expect(others).toEqual([first, first]);
  expect(new Set(databases.map(({ url }) => url)).size).toBe(3);
});

test("what one writes another doesn't see", async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  onTestFinished(async () => void (await Promise.all([one.drop(), other.drop()])));
  await queryPostgres(one.url, "create table mine ()");
  expect(await tablesOf(other)).not.toContain("mine");
});

test("an empty database has no schema, and is gone after drop, whoever is still connected", async () => {
  const database = await createEmptyDatabase();
  expect(await tablesOf(database)).toEqual([]);
  const waiting = queryPostgres(database.url, "select pg_sleep(60)");
  const refused = expect(waiting).rejects.toThrow("terminat");
  await expect
    .poll(() =>
      queryPostgres(
        database.url,
        "select 1 from pg_stat_activity where query like '%pg_sleep(60)' and datname = current_database()",
      ),
    )
    .toHaveLength(1);
  await database.drop();
  await refused;
  await expect(queryPostgres(database.url, "select 1")).rejects.toThrow("does not exist");
});
