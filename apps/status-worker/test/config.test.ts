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

const DANAYA_API_URL = "https://api.example.org";
const confirmIn = (env: Record<string, string>) => readConfig(config, { DATABASE_URL, ...env }).rules.confirm;

describe("CONFIRM", () => {
  test("is never by default on a developer's machine without Danaya's API, which nobody can ask there", () => {
    expect(confirmIn({})).toBe("never");
  });

  test("is decisions by default with Danaya's API, because a webhook is unsigned", () => {
    expect(confirmIn({ DANAYA_API_URL })).toBe("decisions");
    expect(confirmIn({ DANAYA_API_URL, CONFIRM: "approvals" })).toBe("approvals");
    expect(confirmIn({ DANAYA_API_URL, CONFIRM: "never" })).toBe("never");
  });

  test("has to be said in production without the API, because nobody may believe by default that decisions are confirmed", () => {
    const production = { NODE_ENV: "production", ENCRYPT_AT_REST: "never" };
    const problems = problemsOf({ DATABASE_URL, ...production });
    expect(problems).toEqual([
      {
        variable: "CONFIRM",
        rule: expect.stringContaining("must be set in production"),
        fix: expect.stringContaining("confirmed:false"),
      },
    ]);
    expect(confirmIn({ ...production, CONFIRM: "never" })).toBe("never");
    expect(confirmIn({ ...production, DANAYA_API_URL })).toBe("decisions");
  });

  test.each(["decisions", "approvals", "false"])("refuses what it can't do without the API: %s", (CONFIRM) => {
    expect(problemsOf({ DATABASE_URL, CONFIRM }).map(({ variable }) => variable)).toEqual(["CONFIRM"]);
  });
});

test("the API is asked by a table that can be changed, and not at all where there is none", () => {
  const minute = 60_000;
  const { rules } = readConfig(config, { DATABASE_URL, DANAYA_API_URL, LOOK_UP_AFTER: "1m,2h,1d" });
  expect(rules.lookUps?.openAfterMs).toEqual([minute, 120 * minute, 1_440 * minute]);
  expect(readConfig(config, { DATABASE_URL, LOOK_UP_AFTER: "1m" }).rules.lookUps).toBeNull();
});

test.each(["2h,1m", "1m,1m", "1x", "5"])("a table that can't be followed is refused: %s", (LOOK_UP_AFTER) => {
  expect(problemsOf({ DATABASE_URL, DANAYA_API_URL, LOOK_UP_AFTER }).map(({ variable }) => variable)).toEqual([
    "LOOK_UP_AFTER",
  ]);
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
