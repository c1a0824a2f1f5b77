import { queryPostgres } from "@receiver/local-services";
import { expect, test } from "vitest";
import { lendDatabase } from "../src/index.ts";

const addFile = "insert into status_maps (entries, created_by, reason) values ('{}', 'test', 'test') returning version";
const countMaps = "select count(*)::int as maps from status_maps";

test("a database that was given back is lent again, empty and counting from the beginning, because to make one costs several times as much", async () => {
  const first = await lendDatabase();
  const [{ version } = {}] = await queryPostgres(first.url, addFile);
  await first.giveBack();
  const second = await lendDatabase();
  expect(second.url).toBe(first.url);
  expect(await queryPostgres(second.url, countMaps)).toEqual([{ maps: 0 }]);
  expect(await queryPostgres(second.url, addFile)).toEqual([{ version }]);
  await second.giveBack();
});

test("one whose form a test changed is not lent again: its next user would meet the change", async () => {
  for (const change of [
    "create table mine ()",
    "alter table events add mine text",
    "create function mine() returns int language sql return 1",
  ]) {
    const changed = await lendDatabase();
    await queryPostgres(changed.url, change);
    await changed.giveBack();
    const next = await lendDatabase();
    expect(next.url).not.toBe(changed.url);
    await next.giveBack();
  }
});

test("two that are lent at once are two, and nobody stays connected to one that was given back", async () => {
  const [one, other] = await Promise.all([lendDatabase(), lendDatabase()]);
  expect(one.url).not.toBe(other.url);
  const waiting = expect(queryPostgres(one.url, "select pg_sleep(60)")).rejects.toThrow("terminat");
  const sleeping = "select 1 from pg_stat_activity where query like '%pg_sleep(60)' and datname = current_database()";
  await expect.poll(() => queryPostgres(one.url, `${sleeping} and pid <> pg_backend_pid()`)).toHaveLength(1);
  await Promise.all([one.giveBack(), other.giveBack()]);
  await waiting;
});
