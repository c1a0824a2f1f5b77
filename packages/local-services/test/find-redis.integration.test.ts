import { existsSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { type FindOptions, type FoundRedis, findRedis, sendToRedis } from "../src/index.ts";
import { findRedisBinary } from "../src/redis/redis-binary.ts";
import { describeRedis } from "./held-servers.ts";

const { kind } = await findRedisBinary(process.env.PATH ?? "");

function options(env: NodeJS.ProcessEnv, log: string[] = []): FindOptions {
  return { env, mode: "test", dataDir: "/nonexistent", log: (line) => void log.push(line) };
}

async function startServer(): Promise<FoundRedis> {
  const found = await findRedis(options({ PATH: process.env.PATH }));
  if (found.source === "none") throw new Error(found.why);
  onTestFinished(found.stop);
  return found;
}

test("takes REDIS_URL as it is, and leaves that server alone when stopped", async () => {
  const found = await findRedis(options({ REDIS_URL: "redis://elsewhere:6379/2" }));
  expect(found).toMatchObject({ source: "REDIS_URL", url: "redis://elsewhere:6379/2" });
  await found.stop();
});

test("says plainly that queues run on Postgres when there is no Redis to be had", async () => {
  const said: string[] = [];
  const found = await findRedis({ ...options({ PATH: "" }, said), mode: "start" });
  expect(found).toMatchObject({ source: "none", url: null });
  expect(said).toEqual([
    "Redis: none, because REDIS_URL is not set and neither redis-server nor valkey-server is on the PATH: queues run on Postgres instead",
  ]);
});

describe.runIf(kind === "found")("a server of our own (needs redis-server or a Docker engine)", () => {
  test("keeps every write and evicts nothing, because a job that is dropped silently is lost", async () => {
    const { url } = await startServer();
    const info = `${await sendToRedis(url, ["INFO"])}`;
    expect(info).toContain("maxmemory_policy:noeviction");
    expect(info).toContain("aof_enabled:1");
  });

  test("answers nobody without its password", async () => {
    const url = new URL((await startServer()).url);
    url.password = "";
    await expect(sendToRedis(url.href, ["PING"])).rejects.toThrow("NOAUTH");
  });

  test("keeps its data through a crash", async () => {
    const redis = await startServer();
    await sendToRedis(redis.url, ["SET", "kept", "yes"]);
    const before = await sendToRedis(redis.url, ["INFO", "server"]);
    const url = await redis.restart();
    expect(runIdOf(await sendToRedis(url, ["INFO", "server"]))).not.toBe(runIdOf(before));
    expect(await sendToRedis(url, ["GET", "kept"])).toBe("yes");
  });

  test("is gone after stop, with its folder; stopping twice is harmless", async () => {
    const redis = await startServer();
    const { folder } = await describeRedis(redis.url);
    await redis.stop();
    await redis.stop();
    await expect(sendToRedis(redis.url, ["PING"])).rejects.toThrow("ECONNREFUSED");
    if (redis.source !== "testcontainers") expect(existsSync(folder)).toBe(false);
  });
});

/** Another one after every start. */
function runIdOf(info: unknown): string | undefined {
  return String(info).match(/run_id:(\w+)/)?.[1];
}
