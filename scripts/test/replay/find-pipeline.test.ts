import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiverError } from "@receiver/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPipeline, toldPlainly } from "../../src/replay/find-pipeline.ts";
import { writeRunFile } from "../../src/start/run-file.ts";

const running = {
  ingressUrl: "http://127.0.0.1:3000",
  opsUrl: "http://127.0.0.1:3001",
  metricsUrls: {},
  webhookUrl: "http://127.0.0.1:3000/webhooks/danaya/t",
  databaseUrl: "postgres://receiver:s3cret@127.0.0.1:4444/receiver",
  redisUrl: "redis://127.0.0.1:4445",
  masterKeys: `a:${Buffer.alloc(32, 1).toString("base64url")}`,
  allowedCompanyIds: "123,7",
  login: null,
};

let DATA_DIR: string;
beforeEach(async () => {
  DATA_DIR = await mkdtemp(join(tmpdir(), "receiver-run-file-"));
});
afterEach(() => rm(DATA_DIR, { recursive: true }));

describe("where to work", () => {
  it("is the running npm start, with whom its ingress lets in, and no password is told", async () => {
    await writeRunFile(DATA_DIR, running);
    expect(findPipeline({ DATA_DIR })).toEqual({
      databaseUrl: running.databaseUrl,
      redisUrl: running.redisUrl,
      allowedCompanyIds: new Set(["123", "7"]),
      masterKeys: [{ version: "a", key: Buffer.alloc(32, 1) }],
      description: "Postgres at 127.0.0.1:4444/receiver (the running npm start)",
    });
  });

  it("is the environment's before that, and nothing of another pipeline's is mixed in", async () => {
    await writeRunFile(DATA_DIR, running);
    expect(findPipeline({ DATA_DIR, DATABASE_URL: "postgres://h/other" })).toEqual({
      databaseUrl: "postgres://h/other",
      redisUrl: undefined,
      allowedCompanyIds: undefined,
      masterKeys: null,
      description: "Postgres at h/other (DATABASE_URL)",
    });
    const same = findPipeline({ DATA_DIR, DATABASE_URL: running.databaseUrl });
    expect(same).toMatchObject({ redisUrl: running.redisUrl, allowedCompanyIds: new Set(["123", "7"]) });
  });

  it("follows npm start where that found no Redis", async () => {
    await writeRunFile(DATA_DIR, { ...running, redisUrl: null, masterKeys: null, allowedCompanyIds: null });
    expect(findPipeline({ DATA_DIR })).toMatchObject({ redisUrl: undefined, allowedCompanyIds: undefined });
  });

  it.each([
    ["nothing is running and nothing set", {}, /npm start, or set DATABASE_URL and REDIS_URL/],
    ["a URL is none", { DATABASE_URL: "s3cret" }, /DATABASE_URL must be a Postgres URL/],
  ])("can't be told when %s, and says what to do", (_when, env, message) => {
    expect(() => findPipeline({ DATA_DIR, ...env })).toThrow(message);
    expect(() => findPipeline({ DATA_DIR, ...env })).not.toThrow(/s3cret/);
  });

  it("that doesn't answer is named with what to do about it", () => {
    const told = toldPlainly(new ReceiverError("DATABASE_UNAVAILABLE"), {
      description: "Postgres at h/d (DATABASE_URL)",
    });
    expect(told).toMatchObject({ message: expect.stringMatching(/^Postgres at h\/d .*npm start.*DATABASE_URL/) });
  });
});

it("what npm start writes about itself is its owner's alone, whatever was there before, because it bears passwords", async () => {
  const path = join(DATA_DIR, "start.json");
  await writeFile(path, "{}");
  await chmod(path, 0o644);
  await writeRunFile(DATA_DIR, running);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
