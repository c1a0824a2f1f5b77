import { sendToRedis } from "@receiver/local-services";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeWithRedis, startRedis } from "../src/index.ts";

async function start() {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  return redis;
}

describeWithRedis("a Redis of one's own", () => {
  test("is refused after kill, and comes back at the same address with its data after start", async () => {
    const redis = await start();
    await sendToRedis(redis.url, ["SET", "kept", "yes"]);
    await redis.kill();
    await expect(sendToRedis(redis.url, ["PING"])).rejects.toThrow("ECONNREFUSED");
    await redis.start();
    expect(await sendToRedis(redis.url, ["GET", "kept"])).toBe("yes");
  });

  test("two of them share nothing, so that a flush in one test file empties no other", async () => {
    const [one, other] = [await start(), await start()];
    await sendToRedis(one.url, ["SET", "kept", "yes"]);
    await other.flush();
    expect(await sendToRedis(one.url, ["GET", "kept"])).toBe("yes");
    await one.flush();
    expect(await sendToRedis(one.url, ["GET", "kept"])).toBeNull();
  });
});

describeWithRedis("the server that REDIS_URL names", () => {
  test("is left as it was, because it may be somebody's own", async () => {
    const given = await start();
    await sendToRedis(given.url, ["SET", "somebody's", "data"]);
    vi.stubEnv("REDIS_URL", given.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const [one, other] = [await startRedis(), await startRedis()];
    await sendToRedis(one.url, ["SET", "mine", "1"]);
    await other.flush();
    expect(await sendToRedis(one.url, ["GET", "mine"])).toBe("1");
    expect(await sendToRedis(one.url, ["GET", "somebody's"])).toBeNull();
    await Promise.all([one.stop(), other.stop()]);
    expect(await sendToRedis(given.url, ["GET", "somebody's"])).toBe("data");
    expect(await sendToRedis(given.url, ["INFO", "keyspace"])).toMatch(/^# Keyspace\r\ndb0:keys=1,\S*\r\n$/);
  });
});
