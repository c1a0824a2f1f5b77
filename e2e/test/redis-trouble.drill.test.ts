import {
  describeWithRedisPair,
  type ReceivingServer,
  type RedisPair,
  receivingServer,
  startRedisPair,
} from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAppliedOnce, untilSettled, type Witnesses } from "./applied-once.ts";
import { type Pipeline, startPipeline } from "./start-pipeline.ts";
import { storiesOf } from "./story-of.ts";

type Trouble = { name: string; strike(redis: RedisPair): Promise<unknown>; heal(redis: RedisPair): Promise<unknown> };

const nothing = async () => undefined;
const setMemory = (bytes: string) => (redis: RedisPair) => redis.command("CONFIG", "SET", "maxmemory", bytes);
/** Of nobody: it refuses every write, as a replica does to which a name leads by mistake or too early. */
const beReplica = (redis: RedisPair) => redis.command("REPLICAOF", "127.0.0.1", "1");
const bePrimary = (redis: RedisPair) => redis.command("REPLICAOF", "NO", "ONE");

/** In this order: after the last one there is no replica any more. */
const troubles: Trouble[] = [
  { name: "down", strike: ({ proxy }) => proxy.cut(), heal: ({ proxy }) => proxy.restore() },
  { name: "hung", strike: async ({ proxy }) => proxy.hang(), heal: ({ proxy }) => proxy.restore() },
  { name: "restarted empty", strike: (redis) => redis.restartEmpty(), heal: nothing },
  { name: "out of memory", strike: setMemory("1"), heal: setMemory("0") },
  { name: "a read-only replica", strike: beReplica, heal: bePrimary },
  { name: "replaced by a replica that lags", strike: (redis) => redis.failOver("crash"), heal: nothing },
];

describeWithRedisPair("while Redis is", () => {
  let redis: RedisPair;
  let pipeline: Pipeline;
  let subscriber: ReceivingServer;
  let client: Client;
  let posted = 0;

  beforeAll(async () => {
    [redis, subscriber] = await Promise.all([startRedisPair(), receivingServer()]);
    pipeline = await startPipeline({ REDIS_URL: redis.url });
    client = new Client(pipeline.databaseUrl);
    await client.connect();
    await pipeline.write("POST", "/api/subscribers", { name: "core", kind: "http", url: subscriber.url, types: ["*"] });
  });
  afterAll(async () => {
    await client.end();
    await subscriber.close();
    await pipeline[Symbol.asyncDispose]();
    await redis.stop();
  });

  const rows: Witnesses["rows"] = async <Row>(text: string) => (await client.query(text)).rows as Row[];
  const workers = () => (["status-worker", "retry-worker", "notification-worker"] as const).map(pipeline.worker);
  const post = async (seed: string) => {
    const bodies = storiesOf(seed, 5);
    const answers = await Promise.all(bodies.map(pipeline.post));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    posted += bodies.length;
  };

  test.each(troubles)(
    "$name, deliveries are answered 200, and applied and told once when it is over",
    async (trouble) => {
      const { name, strike, heal } = trouble;
      if (name.endsWith("lags")) await redis.fallBehind();
      await post(`before ${name}`); // some of them in the middle of their jobs when it strikes
      if (name.endsWith("lags")) await untilSettled({ rows }); // of which the replica knows nothing
      await strike(redis);
      await post(`while ${name}`);
      await heal(redis);
      await expectAppliedOnce({ pipeline, rows, requests: subscriber.requests, workers: workers() }, posted);
    },
  );
});
