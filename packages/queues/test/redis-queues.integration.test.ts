import { describeWithRedis, startRedis } from "@receiver/testing";
import { dumpRedis } from "./dump-redis.ts";
import { describeFailureBehaviours } from "./failure-behaviours.ts";
import { describeQueueBehaviours } from "./queue-behaviours.ts";
import { createQueuesUser } from "./queues-user.ts";

/** As the user of docker-compose.yml, who has no right that these tests show no need of. */
async function start() {
  const redis = await startRedis();
  const user = await createQueuesUser(redis.url);
  return {
    sources: { redisUrl: user.url, databaseUrl: "postgres://unused" },
    dump: () => dumpRedis(redis.url),
    stop: async () => {
      await user.remove();
      await redis.stop();
    },
  };
}

describeWithRedis("queues in Redis", () => describeQueueBehaviours(start));
describeWithRedis("failing jobs in Redis", () => describeFailureBehaviours(start));
