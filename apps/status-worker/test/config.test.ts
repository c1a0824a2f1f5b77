import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { config } from "../src/config.ts";

const DATABASE_URL = "postgres://localhost/receiver";

function problemsOf(env: Record<string, string>) {
  try {
    readConfig(config, env);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems;
  }
}

describe("CONFIRM", () => {
  test("is never by default on a developer's machine", () => {
    expect(readConfig(config, { DATABASE_URL })).toMatchObject({ confirm: "never" });
  });

  test("has to be said in production, because nobody may believe by default that decisions are confirmed", () => {
    const production = { DATABASE_URL, NODE_ENV: "production", ENCRYPT_AT_REST: "never" };
    const problems = problemsOf(production);
    expect(problems).toEqual([
      {
        variable: "CONFIRM",
        rule: expect.stringContaining("is not set; it must be never"),
        fix: expect.stringContaining("confirmed:false"),
      },
    ]);
    expect(readConfig(config, { ...production, CONFIRM: "never" })).toMatchObject({ confirm: "never" });
  });

  test.each(["decisions", "approvals", "NEVER", "false"])("refuses what it can't do: %s", (CONFIRM) => {
    expect(problemsOf({ DATABASE_URL, CONFIRM }).map(({ variable }) => variable)).toEqual(["CONFIRM"]);
  });
});

test("DANAYA_API_URL is refused, because who sets it expects decisions to be confirmed", () => {
  const problems = problemsOf({ DATABASE_URL, DANAYA_API_URL: "https://api.example.org", CONFIRM: "never" });
  expect(problems.map(({ variable }) => variable)).toEqual(["DANAYA_API_URL"]);
  expect(JSON.stringify(problems)).not.toContain("api.example.org");
});

test("the database is asked for, and Redis is not", () => {
  expect(problemsOf({}).map(({ variable }) => variable)).toEqual(["DATABASE_URL"]);
  expect(readConfig(config, { DATABASE_URL }).secrets).toEqual({
    databaseUrl: DATABASE_URL,
    redisUrl: undefined,
    masterKeys: null,
  });
});

test("a worker that can't open bodies refuses to start in production, unless that is said", () => {
  const production = { DATABASE_URL, NODE_ENV: "production", CONFIRM: "never" };
  expect(problemsOf(production).map(({ variable }) => variable)).toEqual(["MASTER_KEYS"]);
  expect(problemsOf({ ...production, ENCRYPT_AT_REST: "never" })).toEqual([]);
});

describe("STATUS_MAP", () => {
  test("is a JSON object from statuses to states", () => {
    const STATUS_MAP = '{"VALIDER":"APPROVED","EN_ATTENTE":"IN_ANALYSIS"}';
    expect(readConfig(config, { DATABASE_URL, STATUS_MAP })).toMatchObject({
      statusMap: { VALIDER: "APPROVED", EN_ATTENTE: "IN_ANALYSIS" },
    });
  });

  test("is kept in capitals without spaces around, because that is how a status is matched", () => {
    const STATUS_MAP = '{" valider ":"APPROVED","En_Attente":"IN_ANALYSIS"}';
    expect(readConfig(config, { DATABASE_URL, STATUS_MAP })).toMatchObject({
      statusMap: { VALIDER: "APPROVED", EN_ATTENTE: "IN_ANALYSIS" },
    });
  });

  test.each([
    "VALIDER=APPROVED",
    '{" ":"APPROVED"}',
    '{"VALIDER":"APPROVED","valider":"REJECTED"}',
    '{"VALIDER":"YES"}',
    "[]",
    "null",
    '{"":"APPROVED"}',
  ])("says how to write it when it is wrong: %s", (STATUS_MAP) => {
    expect(problemsOf({ DATABASE_URL, STATUS_MAP })).toMatchObject([
      { variable: "STATUS_MAP", fix: expect.stringContaining('{"VALIDER":"APPROVED"}') },
    ]);
  });
});
