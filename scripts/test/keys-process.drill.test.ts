import { randomUUID } from "node:crypto";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { queryPostgres } from "@receiver/local-services";
import { bytesOf, createDatabase, danaya, inventFile, runCommand, type TestDatabase } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newMasterKey } from "../src/keys/new-master-key.ts";

const body = bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("keys")));

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  const about = { type: null, companyId: null, receivedAt: new Date(), problems: [{ path: "", message: "unknown" }] };
  await inbox.receive({ ...about, receiptId: randomUUID(), id: deliveryIdOf(body), body });
  await inbox.close();
});
afterAll(() => database.drop());

const keys = (env: Record<string, string>, ...args: string[]) => runCommand("keys", args, env).ended;

test("a key that was made seals what is there, and where it or a data key is missing status says so and fails", async () => {
  const one = await keys({}, "generate", "2026-11");
  expect(one.out).toMatch(/^2026-11:[A-Za-z0-9_-]{43}\n$/);
  const [MASTER_KEYS, DATABASE_URL] = [one.out.trim(), database.url];

  const [publicKey, rotated] = await Promise.all([
    keys({ MASTER_KEYS }, "public"),
    keys({ MASTER_KEYS, DATABASE_URL }, "rotate"),
  ]);
  expect(publicKey.out).toMatch(/^2026-11:pub\.[A-Za-z0-9_-]{43}\n$/);
  expect(rotated).toMatchObject({ code: 0, out: expect.stringContaining("sealed anew: 0 data keys, 1 bodies\n") });

  const status = await keys({ MASTER_KEYS: newMasterKey("2027-01"), DATABASE_URL }, "status");
  expect(status.code).toBe(1);
  expect(status.out).toContain("2026-11 (MISSING: not in MASTER_KEYS)   1\n");

  await queryPostgres(DATABASE_URL, "delete from data_keys"); // as a restore without them does
  const restored = await keys({ MASTER_KEYS, DATABASE_URL }, "status");
  expect(restored).toMatchObject({ code: 1, out: expect.stringContaining("whose row is MISSING   1\n") });
});

test("without a key to work with it says what to set, and shows no key that it was given", async () => {
  const [none, wrong] = await Promise.all([keys({}, "public"), keys({ MASTER_KEYS: "s3cret" }, "public")]);
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining("set MASTER_KEYS") });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("MASTER_KEYS must be") });
  expect(wrong.err).not.toContain("s3cret");
});
