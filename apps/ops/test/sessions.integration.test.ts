import { type Ledger, openLedger } from "@receiver/ledger";
import { createDatabase, type TestDatabase } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessions } from "../src/authentication/sessions.ts";
import type { User } from "../src/authentication/user-list.ts";

const ada: User = { name: "ada.lovelace", role: "operator", credential: "one" };
const MINUTE_MS = 60_000;

describe("a session", () => {
  let database: TestDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createDatabase();
    ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  });
  afterAll(async () => {
    await ledger.close();
    await database.drop();
  });

  const sessionsAt = (now: { ms: number }, users: User[] = [ada]) =>
    createSessions(users, { ledger, now: () => new Date(now.ms) });
  const begin = (now: { ms: number }) => sessionsAt(now).begin(ada, undefined);

  test("that is used is taken for eight hours and no longer", async () => {
    const now = { ms: Date.UTC(2026, 10, 22) };
    const endsAt = now.ms + 8 * 60 * MINUTE_MS;
    const token = await begin(now);
    for (now.ms += 29 * MINUTE_MS; now.ms < endsAt; now.ms += 29 * MINUTE_MS) {
      expect(await sessionsAt(now).read(token)).toBe(ada);
    }
    now.ms = endsAt;
    expect(await sessionsAt(now).read(token)).toBeNull();
  });

  test("that nobody used for half an hour has ended, because somebody left the screen", async () => {
    const now = { ms: 1e12 };
    const token = await begin(now);
    now.ms += 30 * MINUTE_MS;
    expect(await sessionsAt(now).read(token)).toBeNull();
    now.ms -= 1;
    expect(await sessionsAt(now).read(token)).toBe(ada);
  });

  test("that was ended is refused in every process, whoever has a copy of its cookie", async () => {
    const now = { ms: 1e12 };
    const [token, other] = [await begin(now), await begin(now)];
    await sessionsAt(now).end(token);
    expect(await sessionsAt(now).read(token)).toBeNull();
    expect(await sessionsAt(now).read(other)).toBe(ada);
    await sessionsAt(now).endAllOf(ada);
    expect(await sessionsAt(now).read(other)).toBeNull();
  });

  test("replaces the one that the browser had, because somebody else may have planted it", async () => {
    const now = { ms: 1e12 };
    const planted = await begin(now);
    const token = await sessionsAt(now).begin(ada, planted);
    expect(token).not.toBe(planted);
    expect(await sessionsAt(now).read(planted)).toBeNull();
    expect(await sessionsAt(now).read(token)).toBe(ada);
  });

  test("that is replaced is in the audit as ended, by whom and by what, because nobody logged out of it", async () => {
    const now = { ms: 1e12 };
    const eve: User = { ...ada, name: "eve" };
    const planted = await sessionsAt(now, [eve]).begin(eve, undefined);
    await sessionsAt(now).begin(ada, planted);
    const [begun, ended, before] = (await ledger.audit.list({ limit: 3 })).items;
    expect(before).toMatchObject({ actor: "eve", action: "session.begin" });
    expect(begun).toMatchObject({ actor: "ada.lovelace", action: "session.begin" });
    expect(ended).toMatchObject({
      actor: "ada.lovelace",
      action: "session.end",
      target: before?.target,
      detail: { replacedBy: begun?.target },
    });

    await sessionsAt(now).begin(ada, "never a session");
    expect((await ledger.audit.list({ limit: 2 })).items.map(({ action }) => action)).toEqual([
      "session.begin",
      "session.begin",
    ]);
  });

  test("ends when the user is removed or gets another password, and another role takes effect at once", async () => {
    const now = { ms: 1e12 };
    const token = await begin(now);
    expect(await sessionsAt(now, [{ ...ada, name: "eve" }]).read(token)).toBeNull();
    expect(await sessionsAt(now, [{ ...ada, credential: "two" }]).read(token)).toBeNull();
    expect(await sessionsAt(now, [{ ...ada, role: "viewer" }]).read(token)).toMatchObject({ role: "viewer" });
  });

  test.each([
    ["another character", (token: string) => token.replace(/^./, (first) => (first === "A" ? "B" : "A"))],
    ["an end cut off", (token: string) => token.slice(0, -1)],
    ["something added", (token: string) => `${token}.${ada.name}`],
    ["a NUL", (token: string) => token.replace(/^./, "\0")],
    ["nothing at all", () => ""],
  ])("is refused with %s", async (_what, forge) => {
    const now = { ms: 1e12 };
    expect(await sessionsAt(now).read(forge(await begin(now)))).toBeNull();
  });

  test("leaves nothing in the database that would let its reader in, and goes from there when it has ended", async () => {
    const now = { ms: 2e12 };
    const token = await begin(now);
    const client = new Client(database.url);
    await client.connect();
    const rows = async () => (await client.query("select * from operator_sessions")).rows;
    const before = await rows();
    expect(before).toHaveLength(1); // all others ended long before
    const [{ token_digest }] = before as [{ token_digest: string }];
    expect(JSON.stringify(before)).not.toContain(token);
    expect(await sessionsAt(now).read(token_digest)).toBeNull();
    await client.end();
  });
});
