import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError, explain, fields, readConfig } from "../src/index.ts";

const schema = z
  .object({
    PORT: fields.port.default(3000),
    DATABASE_URL: fields.databaseUrl,
    REDIS_URL: fields.redisUrl.optional(),
    DANAYA_WEBHOOK_TOKENS: fields.tokenList,
  })
  .transform((env) => ({
    port: env.PORT,
    secrets: { databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL, tokens: env.DANAYA_WEBHOOK_TOKENS },
  }));

const good = { DATABASE_URL: "postgres://u:p@db/receiver", DANAYA_WEBHOOK_TOKENS: "A".repeat(22) };

function problemsOf(config: z.ZodType, env: Record<string, string>) {
  try {
    readConfig(config, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
  return [];
}

describe("readConfig", () => {
  it("gives the plain values and the secrets in branches of their own, so that the plain ones may be shown", () => {
    expect(readConfig(schema, good)).toEqual({
      port: 3000,
      secrets: {
        databaseUrl: "postgres://u:p@db/receiver",
        redisUrl: undefined,
        tokens: [{ name: "token-1", token: "A".repeat(22) }],
      },
    });
  });

  it("reports every broken variable together, because one restart per mistake is a wasted evening", () => {
    const problems = problemsOf(schema, { PORT: "99999", REDIS_URL: "http://x", DANAYA_WEBHOOK_TOKENS: "no/path" });
    expect(problems.map(({ variable }) => variable).sort()).toEqual([
      "DANAYA_WEBHOOK_TOKENS",
      "DATABASE_URL",
      "PORT",
      "REDIS_URL",
    ]);
  });

  it("tells a variable that is not set from one that breaks its rule", () => {
    expect(problemsOf(z.object({ DATABASE_URL: fields.databaseUrl }), {})).toEqual([
      {
        variable: "DATABASE_URL",
        rule: "is not set; it must be a Postgres URL",
        fix: expect.stringContaining("postgres://user:password@host:5432/database"),
      },
    ]);
    expect(problemsOf(z.object({ DATABASE_URL: fields.databaseUrl }), { DATABASE_URL: "mysql://x" })[0]?.rule).toBe(
      "must be a Postgres URL",
    );
  });

  it("takes an empty variable as unset, because a compose file passes on what its host has not set", () => {
    expect(readConfig(schema, { ...good, PORT: "", REDIS_URL: "  " })).toMatchObject({ port: 3000 });
  });

  it("shows rules across variables as problems of the environment", () => {
    const crossed = z
      .object({ A: z.string().optional(), B: z.string().optional() })
      .refine(({ A, B }) => A !== undefined || B !== undefined, {
        error: explain({ rule: "needs A or B", fix: "Set one of them" }),
      });
    expect(problemsOf(crossed, {})).toEqual([
      { variable: "The environment", rule: "needs A or B", fix: "Set one of them" },
    ]);
  });

  it("describes the problems as a list that a person can work through", () => {
    const error = new ConfigError([{ variable: "PORT", rule: "must be a number", fix: "Write for example 3000" }]);
    expect(error.describe()).toBe(
      "The configuration has 1 problem:\n  PORT must be a number\n    → Write for example 3000",
    );
  });

  it("never echoes a value, because a mistyped secret is still nearly the secret", () => {
    const echoing = z.object({
      ...z.object({ TOKEN: fields.tokenList, URL: fields.databaseUrl, FLAG: fields.booleanFlag }).shape,
      OWN: z.string().refine(() => false, { error: (issue) => `${issue.input} is bad` }),
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{0,3}planted[ -~]{0,40}$/), (value) => {
        const problems = problemsOf(echoing, { TOKEN: `${value} `, URL: value, FLAG: value, OWN: value });
        const error = new ConfigError(problems);
        expect(problems.map(({ variable }) => variable)).toContain("OWN");
        expect(`${error.describe()}${JSON.stringify(error)}${error.stack}`).not.toContain("planted");
      }),
    );
  });
});
