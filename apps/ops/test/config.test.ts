import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { opsConfig } from "../src/config.ts";
import { credentialOf } from "./credential-of.ts";

const DATABASE_URL = "postgres://localhost/receiver";

function problemsOf(env: Record<string, string>) {
  try {
    readConfig(opsConfig, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
  return [];
}

describe("the configuration of ops", () => {
  test("listens on loopback unless it is told otherwise, because it is private", () => {
    const config = readConfig(opsConfig, { DATABASE_URL, OPS_USERS: "ada:operator:secret" });
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 3001,
      secrets: { users: [{ name: "ada", role: "operator" }] },
    });
  });

  test("asks for OPS_USERS and tells the form, because without users nobody or everybody could come in", () => {
    const [missing, ...others] = problemsOf({ DATABASE_URL });
    expect(others).toEqual([]);
    expect(missing).toMatchObject({
      variable: "OPS_USERS",
      rule: expect.stringMatching(/^is not set.*name:role:password-or-hash/),
    });
    expect(missing?.fix).toContain("scryptSync");
  });

  test("takes a password with a colon and a hash beside it, because both forms stand in one list", async () => {
    const credential = await credentialOf("any");
    const { secrets } = readConfig(opsConfig, {
      DATABASE_URL,
      OPS_USERS: `ada:operator:a:b:c, vic:viewer:${credential},`,
    });
    expect(secrets.users).toEqual([
      { name: "ada", role: "operator", credential: "a:b:c" },
      { name: "vic", role: "viewer", credential },
    ]);
  });

  test.each([
    ["an unknown role", "ada:admin:secret"],
    ["no password", "ada:operator:"],
    ["one name twice", "ada:operator:secret,ada:viewer:secret"],
    ["no entry", " , "],
    ["a hash that lost its end", "ada:operator:scrypt$32768$8$3$c2FsdHNhbHRzYWx0"],
    ["a cost that would exhaust the process", `ada:operator:scrypt$67108864$8$1$${"a".repeat(22)}$${"b".repeat(43)}`],
    ["a cost that is no power of two", `ada:operator:scrypt$1000$8$1$${"a".repeat(22)}$${"b".repeat(43)}`],
  ])("refuses %s without repeating it, because the list holds passwords", (_what, OPS_USERS) => {
    const problems = problemsOf({ DATABASE_URL, OPS_USERS });
    expect(problems.map(({ variable }) => variable)).toEqual(["OPS_USERS"]);
    expect(JSON.stringify(problems)).not.toContain("secret");
  });

  test("believes no X-Forwarded-For unless it is told whose, because everybody could write one", () => {
    const env = { DATABASE_URL, OPS_USERS: "ada:operator:secret" };
    expect(readConfig(opsConfig, env).trustedProxies).toEqual([]);
    expect(readConfig(opsConfig, { ...env, TRUSTED_PROXIES: "10.0.0.0/8" }).trustedProxies).toEqual(["10.0.0.0/8"]);
  });
});
