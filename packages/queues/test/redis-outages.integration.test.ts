import { describeWithRedis, startProxy, startRedis, type TestRedis } from "@receiver/testing";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type Backend, chooseBackend, createProducer, jobIdOf, queueNames } from "../src/index.ts";
import type { Bench } from "./queue-bench.ts";
import { deliveryJobOf, newKey, openBench, QUEUE, untilState } from "./queue-bench.ts";
import { silentLogger } from "./silent-logger.ts";

const backendAt = (redisUrl: string): Backend => chooseBackend({ redisUrl, databaseUrl: "postgres://unused" });

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work.catch(() => {});
  return performance.now() - before;
}

describeWithRedis("queues whose Redis goes away", () => {
  let redis: TestRedis;
  let bench: Bench;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    await redis.start();
    await redis.flush();
    bench = openBench(backendAt(redis.url));
  });
  afterEach(() => bench.close());
  afterAll(() => redis.stop());

  it("refuse to publish within milliseconds, with a code, because the caller has an answer to give", async () => {
    await bench.publish();
    await redis.kill();
    await expect(bench.publish()).rejects.toMatchObject({ code: "REDIS_UNAVAILABLE", infrastructure: true });
    expect(await elapsedMs(bench.publish())).toBeLessThan(200);
    await expect(bench.producer.check()).rejects.toMatchObject({ code: "REDIS_UNAVAILABLE" });
  });

  it("publish again by themselves when it is back", async () => {
    const key = await bench.publish();
    await redis.kill();
    await expect(bench.publish({ key })).rejects.toThrow();
    await redis.start();
    await vi.waitFor(() => bench.publish({ key }), { timeout: 5_000 });
    expect(await bench.producer.stateOf(QUEUE, key)).toBe("waiting");
    await bench.producer.check();
  });

  it("refuse to publish within about two seconds when it takes connections and says nothing", async () => {
    const proxy = await startProxy(redis.url);
    const producer = createProducer(backendAt(proxy.url), silentLogger);
    const publish = () => producer.publish(QUEUE, newKey(), deliveryJobOf("1"));
    await publish();
    proxy.hang();
    expect(await elapsedMs(publish())).toBeLessThan(2_300);
    await proxy.restore();
    await vi.waitFor(publish, { timeout: 10_000 });
    await producer.close();
    await proxy.close();
  });

  it("publish at once after they were opened, because the first delivery must not wait for the sweeper", async () => {
    const producer = createProducer(backendAt(redis.url), silentLogger);
    await Promise.all(queueNames.map((queue) => producer.counts(queue)));
    await producer.close();
  });

  it("can be opened while it is away, and work when it comes", async () => {
    await redis.kill();
    const late = openBench(backendAt(redis.url));
    const process = vi.fn(async () => {});
    await late.work({ process });
    await expect(late.publish()).rejects.toMatchObject({ code: "REDIS_UNAVAILABLE" });
    await redis.start();
    await late.publishOnceBack({ timeout: 5_000 });
    await vi.waitFor(() => expect(process).toHaveBeenCalled(), { timeout: 5_000 });
    await late.close();
  });

  it("run a job that is added after everything was forgotten while the worker waited", async () => {
    const process = vi.fn(async () => {});
    await bench.work({ process });
    await untilState(bench.producer, await bench.publish(), "completed");
    await redis.flush();
    await untilState(bench.producer, await bench.publish(), "completed");
    expect(process).toHaveBeenCalledTimes(2);
  });

  it("run the next job after everything was forgotten in the middle of one", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const process = vi.fn(async () => {
      started.resolve();
      await finish.promise;
    });
    await bench.work({ process }, 1);
    const forgotten = await bench.publish();
    await started.promise;
    await redis.flush();
    finish.resolve();
    await untilState(bench.producer, await bench.publish(), "completed");
    expect(await bench.producer.stateOf(QUEUE, forgotten)).toBe("absent");
  });

  it("write the end of a job that outlived an outage, instead of running it again", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const process = vi.fn(async () => {
      started.resolve();
      await finish.promise;
    });
    await bench.work({ process });
    const key = await bench.publish();
    await started.promise;
    await redis.kill();
    finish.resolve();
    await redis.start();
    await untilState(bench.producer, key, "completed");
    expect(process).toHaveBeenCalledTimes(1);
  });

  it("go on with jobs after an outage of the worker's connections while it waited", async () => {
    const process = vi.fn(async () => {});
    await bench.work({ process });
    await untilState(bench.producer, await bench.publish(), "completed");
    await redis.kill();
    await redis.start();
    await bench.publishOnceBack({ timeout: 5_000 });
    await vi.waitFor(() => expect(process).toHaveBeenCalledTimes(2), { timeout: 20_000 });
  });

  it("can be closed while it is away, with and without a job in hand", async () => {
    const started = Promise.withResolvers<void>();
    const busy = await bench.work({
      process: () => {
        started.resolve();
        return new Promise(() => {});
      },
    });
    await bench.publish();
    await started.promise;
    const idle = await bench.work({});
    await redis.kill();
    expect(await elapsedMs(idle.close(10_000))).toBeLessThan(2_500);
    expect(await elapsedMs(busy.close(300))).toBeLessThan(1_800);
    expect(await elapsedMs(bench.producer.close())).toBeLessThan(1_000);
  });
});

describeWithRedis("queues in a Redis", () => {
  let redis: TestRedis;
  let bench: Bench;

  beforeAll(async () => {
    redis = await startRedis();
    bench = openBench(backendAt(redis.url));
  });
  afterAll(async () => {
    await bench.close();
    await redis.stop();
  });

  it("are not ready while it may evict keys, because a job that vanishes is late by a sweep", async () => {
    const client = new Redis(redis.url);
    await bench.producer.check();
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    try {
      await expect(bench.producer.check()).rejects.toMatchObject({ code: "REDIS_MAY_EVICT" });
    } finally {
      await client.config("SET", "maxmemory-policy", "noeviction");
      client.disconnect();
    }
    await bench.producer.check();
  });

  it("end a job that worker after worker died of, without running it again, and say so on its row", async () => {
    const key = await bench.publish();
    const client = new Redis(redis.url);
    await client.hset(`{rcv:${QUEUE}}:${QUEUE}:${jobIdOf(QUEUE, key)}`, "stc", "26");
    client.disconnect();
    const process = vi.fn(async () => {});
    const worker = await bench.work({ process });
    await untilState(bench.producer, key, "failed");
    expect(worker.failedForGood).toEqual([{ id: key.id, code: "INTERNAL", attempt: 1 }]);
    expect(process).not.toHaveBeenCalled();
    await worker.close(0);
  });

  it("keep all keys of a queue under its hash tag, because Redis Cluster wants a script's keys in one slot", async () => {
    await bench.work({ process: async ({ attempt }) => (attempt === 1 ? Promise.reject(new Error()) : undefined) });
    await untilState(bench.producer, await bench.publish(), "completed");
    await bench.publish({ delayMs: 60_000 });
    await bench.producer.pause("NOTIFICATION");
    const client = new Redis(redis.url);
    const keys = await client.keys("*");
    client.disconnect();
    const ours = keys.filter((key) => key.includes("rcv:"));
    expect(ours.length).toBeGreaterThan(5);
    for (const key of ours) expect(key).toMatch(/^\{rcv:([A-Z_]+)\}:\1:/);
  });
});
