import { describeWithRedis, startRedis } from "@receiver/testing";
import { dumpRedis } from "./dump-redis.ts";
import { describeFailureBehaviours } from "./failure-behaviours.ts";
import { describeQueueBehaviours } from "./queue-behaviours.ts";

async function start() {
  const redis = await startRedis();
  return {
    sources: { redisUrl: redis.url, databaseUrl: "postgres://unused" },
    dump: () => dumpRedis(redis.url),
    stop: redis.stop,
  };
}

describeWithRedis("queues in Redis", () => describeQueueBehaviours(start));
describeWithRedis("failing jobs in Redis", () => describeFailureBehaviours(start));
