import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "@receiver/ledger";
import { queryPostgres } from "@receiver/local-services";
import { createDatabase, runCommand, type TestDatabase } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  [database, folder] = await Promise.all([createDatabase(), mkdtemp(join(tmpdir(), "receiver-audit-"))]);
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  for (const queue of ["first", "second", "third"]) await ledger.pauses.pause(queue, "awa");
  await ledger.close();
});
afterAll(() => Promise.all([database.drop(), rm(folder, { recursive: true })]));

const audit = (...args: string[]) => runCommand("audit", args, { DATABASE_URL: database.url }).ended;

test("exports the heads, verifies against them, and names a row that was changed behind the database's back", async () => {
  const path = join(folder, "heads.jsonl");
  expect(await audit("export", "--to", path)).toMatchObject({
    code: 0,
    out: "",
    err: expect.stringMatching(/^1 heads/),
  });
  const whole = await audit("verify", "--heads", path);
  expect(whole).toMatchObject({ code: 0, err: "" });
  expect(whole.out).toMatch(
    /^3 rows in 1 chains: nothing was changed, removed, moved or slipped in\nheld against the export/,
  );

  await queryPostgres(database.url, "alter table audit_log disable trigger user");
  await queryPostgres(database.url, "update audit_log set actor = 'nobody' where target = 'second'");
  await queryPostgres(database.url, "delete from audit_log where target = 'third'");
  const [told, json] = await Promise.all([audit("verify"), audit("verify", "--json", "--heads", path)]);
  expect(told.code).toBe(1);
  expect(told.out.split("\n").slice(0, 2)).toEqual([
    "audit_log row 2, position 2: changed: its columns don't give its hash",
    "audit_log, position 3: removed: the row is gone",
  ]);
  expect(json.code).toBe(1);
  const lines = json.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { table: "audit_log", id: "2", wrong: "changed" },
    { id: null, position: 3, wrong: "removed" },
    { position: 3, wrong: "removed" },
    { rows: 2, findings: 3, heads: { chains: 1 } },
  ]);
});

test("tells what could not be verified from what was found, because a watch must not take one for the other", async () => {
  const away = "postgres://nobody@127.0.0.1:1/none";
  const { code, out } = await runCommand("audit", ["verify"], { DATABASE_URL: away }).ended;
  expect({ code, out }).toEqual({ code: 2, out: "" });
});
