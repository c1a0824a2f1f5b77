import { resolve } from "node:path";
import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { config } from "../src/config.ts";
import { announceWebhookUrl } from "../src/webhook-url.ts";
import { noChecks } from "./ingress-under-test.ts";

const token = "tttt-Zq7mKc2VxR9aLw4NbE";
const required = { DATABASE_URL: "postgres://u:secret@h/d", DANAYA_WEBHOOK_TOKENS: `autumn:${token}` };

function problemsIn(env: Record<string, string>) {
  try {
    readConfig(config, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
  }
  return [];
}

/** With what production asks for beside. */
const inProduction = { NODE_ENV: "production", ENCRYPT_AT_REST: "never" };

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
      sealingKey: undefined,
      observe: false,
      weakTokenNames: [],
      weakVariables: [],
      secrets: {
        databaseUrl: required.DATABASE_URL,
        redisUrl: undefined,
        tokens: [{ name: "autumn", token }],
        checks: noChecks,
      },
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

describe("the key that bodies are sealed to", () => {
  it("is asked for in production, unless it is said that they are not", () => {
    expect(problemsOf({ ...required, NODE_ENV: "production" })).toEqual(["SEALING_PUBLIC_KEY"]);
    expect(problemsOf({ ...required, ...inProduction })).toEqual([]);
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
