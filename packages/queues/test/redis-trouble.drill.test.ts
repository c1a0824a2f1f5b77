import { createLogger } from "@receiver/runtime";
import { describeWithRedisPair, type RedisPair, startRedisPair } from "@receiver/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseBackend, createProducer } from "../src/index.ts";
import { type Bench, deliveryJobOf, newKey, openBench, QUEUE, untilState } from "./queue-bench.ts";

const HEALING = { timeout: 50_000, interval: 50 };
const away = { code: "REDIS_UNAVAILABLE", infrastructure: true };

describeWithRedisPair("queues whose Redis", () => {
  let redis: RedisPair;
  let bench: Bench;

  beforeEach(async () => {
    redis = await startRedisPair();
    bench = openBench(chooseBackend({ redisUrl: redis.url, databaseUrl: "postgres://unused" }));
    await bench.producer.check();
  });
  afterEach(async () => {
    await bench.close();
    await redis.stop();
  });

  /** A worker whose jobs end when they are told to. */
  async function workHeld() {
    const started: string[] = [];
    const finish = Promise.withResolvers<void>();
    await bench.work({
      process: async ({ id }) => {
        started.push(id);
        await finish.promise;
      },
    });
    return { started, finish: finish.resolve };
  }
  const fillUp = () => redis.command("CONFIG", "SET", "maxmemory", "1");
  const makeRoom = () => redis.command("CONFIG", "SET", "maxmemory", "0");

  it("has no memory left refuse to publish with a code, and publish again when it has some", async () => {
    await fillUp();
    await expect(bench.publish()).rejects.toMatchObject(away);
    await makeRoom();
    await untilState(bench.producer, await bench.publish(), "waiting");
  });

  it("has no memory left lose no job: what waited is run, and what could not be ended is taken up again", async () => {
    const { started, finish } = await workHeld();
    const keys = await Promise.all(Array.from({ length: 8 }, () => bench.publish()));
    await expect.poll(() => started.length, HEALING).toBe(4);
    await fillUp();
    finish();
    await expect(bench.publish()).rejects.toMatchObject(away);
    await makeRoom();
    for (const key of keys) await untilState(bench.producer, key, "completed", HEALING.timeout);
    expect(new Set(started)).toEqual(new Set(keys.map(({ id }) => id)));
  });

  it("was demoted find the new primary behind the same name, for producers and for workers", async () => {
    const process = vi.fn(async () => {});
    await bench.work({ process });
    await untilState(bench.producer, await bench.publish(), "completed");
    await redis.failOver("demotion");
    const after = await bench.publishOnceBack(HEALING);
    await untilState(bench.producer, after, "completed", HEALING.timeout);
    expect(process).toHaveBeenCalledTimes(2);
  });

  it("was demoted in the middle of a job write its end to the new primary, instead of running it again", async () => {
    const { started, finish } = await workHeld();
    const key = await bench.publish();
    await expect.poll(() => started.length, HEALING).toBe(1);
    await redis.fallBehind();
    await redis.failOver("demotion");
    finish();
    await untilState(bench.producer, key, "completed", HEALING.timeout);
    expect(started).toEqual([key.id]);
  });

  it("fails over to a replica that lags lose what it had not heard of, and run again what it takes for unfinished", async () => {
    const runs: string[] = [];
    const worker = await bench.work({ process: async ({ id }) => void runs.push(id) });
    await bench.producer.pause(QUEUE);
    const known = await bench.publish();
    await redis.fallBehind();
    const unheard = await bench.publish();
    await bench.producer.resume(QUEUE);
    await untilState(bench.producer, known, "completed");
    await untilState(bench.producer, unheard, "completed");
    await redis.failOver("crash");
    await vi.waitFor(() => bench.producer.resume(QUEUE), HEALING);
    await untilState(bench.producer, known, "completed", HEALING.timeout);
    expect(await bench.producer.stateOf(QUEUE, unheard)).toBe("absent");
    expect(runs).toEqual([known.id, unheard.id, known.id]);
    expect(worker.failedForGood).toEqual([]);
  });

  it("may evict keys say so when it first answers, once, because nobody asks for readiness at start", async () => {
    const lines: { level: string; event: string; err: { code: string } }[] = [];
    const logger = createLogger({
      app: "test",
      level: "error",
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    });
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await redis.proxy.cut();
    const producer = createProducer(chooseBackend({ redisUrl: redis.url, databaseUrl: "postgres://unused" }), logger);
    await expect(producer.check()).rejects.toMatchObject(away);
    await redis.proxy.restore();
    await vi.waitFor(() => expect(lines).toHaveLength(1), HEALING);
    expect(lines).toMatchObject([{ level: "error", event: "redis-may-evict", err: { code: "REDIS_MAY_EVICT" } }]);

    await redis.proxy.cut();
    await redis.proxy.restore();
    await vi.waitFor(() => producer.publish(QUEUE, newKey(), deliveryJobOf("1")), HEALING);
    await expect(producer.check()).rejects.toMatchObject({ code: "REDIS_MAY_EVICT" });
    expect(lines).toHaveLength(1);
    await producer.close();
  });
});
