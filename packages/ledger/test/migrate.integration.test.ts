import { createEmptyDatabase, type TestDatabase } from "@receiver/testing";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInbox } from "../src/inbox/index.ts";
import { migrate, openLedger } from "../src/index.ts";

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  database = await createEmptyDatabase();
  client = new Client(database.url);
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const tables = async () =>
  (
    await client.query<{ name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'i', 'S') and relnamespace = 'public'::regnamespace order by 1",
    )
  ).rows;

/** What both the workers and the ingress ask before they take work. */
async function checks(): Promise<unknown[]> {
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  const outcomes = await Promise.allSettled([ledger.check(), inbox.check()]);
  await Promise.all([ledger.close(), inbox.close()]);
  return outcomes.map((outcome) => (outcome.status === "fulfilled" ? "ready" : outcome.reason.code));
}

test("processes that start at once on an empty database all get it migrated, once", async () => {
  const ran = await Promise.all(Array.from({ length: 8 }, () => migrate(database.url)));

  const names = [
    "0001-ledger",
    "0002-sealed-bodies",
    "0003-hash-chains",
    "0004-operators",
    "0005-retention",
    "0006-look-ups",
    "0007-contract-drift",
    "0008-notices-and-stuck-files",
    "0009-superseding-files",
    "0010-operator-acts",
    "0011-receipts",
    "0012-notification-audience",
    "0013-doubts-first",
  ];
  expect(ran.flat()).toEqual(names);
  const recorded = await client.query<{ name: string }>("select name from kysely_migration order by name");
  expect(recorded.rows.map(({ name }) => name)).toEqual(names);
  expect(await checks()).toEqual(["ready", "ready"]);
});

test("a second run changes nothing, because every start runs it", async () => {
  await migrate(database.url);
  const before = await tables();
  expect(await migrate(database.url)).toEqual([]);
  expect(await tables()).toEqual(before);
});

test("a database that a newer version migrated is refused at a start, and no reason to stop for who runs: a deployment migrates first", async () => {
  await migrate(database.url);
  await client.query("insert into kysely_migration (name, timestamp) values ('9999-of-the-future', 'now')");
  await expect(migrate(database.url)).rejects.toMatchObject({ code: "SCHEMA_AHEAD", retryable: false });
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  await expect(ledger.expectSchema()).rejects.toMatchObject({ code: "SCHEMA_AHEAD" });
  await ledger.close();
  expect(await checks()).toEqual(["ready", "ready"]);
});

test("a database without the schema is told apart, because waiting for the migration cures it", async () => {
  expect(await checks()).toEqual(["SCHEMA_BEHIND", "SCHEMA_BEHIND"]);
  await migrate(database.url);
  await client.query("delete from kysely_migration");
  expect(await checks()).toEqual(["SCHEMA_BEHIND", "SCHEMA_BEHIND"]);
});

test("a migration table in another schema is somebody else's, because several programs may share a database", async () => {
  await client.query("create schema other");
  await client.query("create table other.kysely_migration (name text)");
  await client.query("insert into other.kysely_migration values ('theirs')");
  expect(await checks()).toEqual(["SCHEMA_BEHIND", "SCHEMA_BEHIND"]);
});

test("a database that is away is told by its code", async () => {
  await expect(migrate("postgres://nobody@127.0.0.1:1/none")).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
});
