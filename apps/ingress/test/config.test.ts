import { resolve } from "node:path";
import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { config } from "../src/config.ts";
import { announceWebhookUrl } from "../src/webhook-url.ts";

const token = "t".repeat(24);
const required = { DATABASE_URL: "postgres://u:secret@h/d", DANAYA_WEBHOOK_TOKENS: `autumn:${token}` };

function problemsIn(env: Record<string, string>) {
  try {
    readConfig(config, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
  }
  return [];
}

const problemsOf = (env: Record<string, string>) => problemsIn(env).map(({ variable }) => variable);

describe("the configuration", () => {
  it("needs a database and a token; everything else has a default", () => {
    expect(problemsOf({})).toEqual(["DATABASE_URL", "DANAYA_WEBHOOK_TOKENS"]);
    expect(readConfig(config, required)).toEqual({
      port: 3_000,
      reusePort: false,
      isProduction: false,
      host: "0.0.0.0",
      spool: null,
      allowedCompanyIds: null,
      trustedProxies: [],
      publicUrl: undefined,
      printWebhookUrl: undefined,
      weakTokenNames: [],
      secrets: { databaseUrl: required.DATABASE_URL, redisUrl: undefined, tokens: [{ name: "autumn", token }] },
    });
  });

  it("keeps what is secret in a branch of its own, so that the rest may be shown", () => {
    const { secrets, ...plain } = readConfig(config, { ...required, REDIS_URL: "redis://:secret@h" });
    expect(JSON.stringify(plain)).not.toMatch(/secret|tttt/);
    expect(secrets.redisUrl).toBe("redis://:secret@h");
  });

  it("reads the spool's folder as an absolute path with a bound of 1 GiB", () => {
    expect(readConfig(config, { ...required, SPOOL_DIR: ".data/spool" }).spool).toEqual({
      spoolDir: resolve(".data/spool"),
      maxBytes: 1_024 ** 3,
    });
    expect(problemsOf({ ...required, SPOOL_MAX_BYTES: "1" })).toEqual(["SPOOL_MAX_BYTES"]);
  });

  it("reads companies and proxies as lists", () => {
    const read = readConfig(config, {
      ...required,
      ALLOWED_COMPANY_IDS: "123, 124",
      TRUSTED_PROXIES: "10.0.0.0/8,192.168.1.7,fd00::/8",
    });
    expect(read.allowedCompanyIds).toEqual(new Set(["123", "124"]));
    expect(read.trustedProxies).toEqual(["10.0.0.0/8", "192.168.1.7/32", "fd00::/8"]);
  });
});

describe("a token that may be guessed", () => {
  const weak = { ...required, DANAYA_WEBHOOK_TOKENS: `tok-a,autumn:${"s".repeat(21)},winter:${"w".repeat(22)}` };

  it("is taken for a first try, and known by its name so that the log can warn of it", () => {
    const { secrets, ...plain } = readConfig(config, { ...weak, NODE_ENV: "development" });
    expect(secrets.tokens.map((entry) => entry.token.length)).toEqual([5, 21, 22]);
    expect(plain.weakTokenNames).toEqual(["token-1", "autumn"]);
  });

  it("is refused in production, with the rule and the fix but not the token", () => {
    const problems = problemsIn({ ...weak, NODE_ENV: "production" });
    expect(problems).toEqual([
      {
        variable: "DANAYA_WEBHOOK_TOKENS",
        rule: expect.stringContaining("at least 22 characters (128 bits) when NODE_ENV=production"),
        fix: expect.stringContaining("crypto.randomBytes"),
      },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/tok-a|sss|www/);
  });

  it("is any of fewer than 22 characters: production takes that many", () => {
    expect(problemsIn({ ...required, DANAYA_WEBHOOK_TOKENS: "w".repeat(22), NODE_ENV: "production" })).toEqual([]);
  });
});

describe("the URL to hand to Danaya", () => {
  const publicUrl = "https://receiver.example.org/base/";

  it("is printed whole on a console", () => {
    expect(announceWebhookUrl({ publicUrl, token: { name: "autumn", token }, show: "whole" })).toBe(
      `hand this URL to Danaya: https://receiver.example.org/base/webhooks/danaya/${token}`,
    );
  });

  it("is printed without the token where the line may end up in a log", () => {
    const line = announceWebhookUrl({ publicUrl, token: { name: "autumn", token }, show: "masked" });
    expect(line).toContain("https://receiver.example.org/base/webhooks/danaya/<token autumn>");
    expect(line).not.toContain(token);
  });
});
