import { runCommand } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/migrate/environment.ts";

const url = "postgres://owner:secret@127.0.0.1:1/none";
const PASSWORD = "PLANTED-0123456789abcdef";

describe("DATABASE_LOGINS", () => {
  test("names who may log in, as which role", () => {
    const given = `ingress:receiver_ingress:${PASSWORD}, ops:receiver_ops:a:colon:in:the:password`;
    expect(readEnvironment({ DATABASE_URL: url, DATABASE_LOGINS: given }).logins).toEqual([
      { name: "ingress", role: "receiver_ingress", password: PASSWORD },
      { name: "ops", role: "receiver_ops", password: "a:colon:in:the:password" },
    ]);
  });

  test("may be absent, where the database's own administrator makes the logins", () => {
    expect(readEnvironment({ DATABASE_URL: url }).logins).toEqual([]);
  });

  test.each([
    ["an unknown role", `ingress:superuser:${PASSWORD}`],
    ["a short password", "ingress:receiver_ingress:PLANTED"],
    ["a name that SQL would have to quote", `in'gress:receiver_ingress:${PASSWORD}`],
    ["one name twice", `a:receiver_ingress:${PASSWORD},a:receiver_ops:${PASSWORD}`],
    ["something else", PASSWORD],
  ])("is refused, and not echoed: %s", (_what, given) => {
    const read = () => readEnvironment({ DATABASE_URL: url, DATABASE_LOGINS: given });
    expect(read).toThrow("CONFIG_INVALID");
    expect(read).not.toThrow("PLANTED");
  });
});

describe("migrate, as a process", () => {
  test("prints the SQL of the roles without connecting, and no password in it", async () => {
    const env = { DATABASE_URL: url, DATABASE_LOGINS: `ingress:receiver_ingress:${PASSWORD}` };
    const { code, out } = await runCommand("migrate", ["--roles", "--dry-run"], env).ended;
    expect(code).toBe(0);
    expect(out).toContain("grant select (delivery_id), insert on public.delivery_bodies to receiver_ingress;");
    expect(out).toContain('grant receiver_ingress to "ingress";');
    expect(out).not.toContain(PASSWORD);
  });
});
