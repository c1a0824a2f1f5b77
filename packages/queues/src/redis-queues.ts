import { once } from "node:events";
import type { Logger } from "@receiver/runtime";
import { Queue } from "bullmq";
import type { RedisOptions } from "ioredis";
import { Redis } from "ioredis";
import { connectionLog } from "./connection-log.ts";
import { withDeadline } from "./deadline.ts";
import { refuseEviction, tellOfEviction } from "./eviction-policy.ts";
import { isReadOnly } from "./is-read-only.ts";
import type { QueueStore } from "./queue-store.ts";
import { jobDefaults } from "./queue-store.ts";
import { redisPrefix } from "./redis-prefix.ts";
import { redisTls } from "./redis-tls.ts";
import type { QueueName } from "./registry.ts";
import { queueNames } from "./registry.ts";

const CONNECT_MS = 1_000;
const QUIT_MS = 500;

/** A caller has an answer to give: while Redis is away commands fail at once instead of waiting for it. Milliseconds. */
const producerConnection = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 1_500,
  socketTimeout: 3_000, // after a silence the connection is made anew, or every command would wait for its time-out
  connectTimeout: CONNECT_MS,
  retryStrategy: (times: number) => Math.min(times * 50, 1_000),
  reconnectOnError: isReadOnly, // the name may lead to the new primary by now; the command fails all the same
} satisfies RedisOptions;

/** One connection for all queues of a process; it reconnects by itself. */
export function openRedisQueues(url: string, logger: Logger): QueueStore {
  const client = new Redis(url, { ...producerConnection, ...redisTls(url) });
  const log = connectionLog(logger, "REDIS_UNAVAILABLE");
  client.on("error", log.failed);
  client.on("ready", log.recovered);
  tellOfEviction(client, logger);
  const byName = new Map(queueNames.map((name) => [name, openQueue(name, client)]));
  const connected = firstConnection(client);

  return {
    use: async (name, work) => {
      await connected();
      return work(queueOf(byName, name));
    },
    headOfLine: async (queue) => (await queue.getWaiting(0, 0))[0],
    queues: () => [...byName.values()],
    check: async () => {
      await connected();
      await refuseEviction(client);
    },
    close: async () => {
      await Promise.all([...byName.values()].map((queue) => queue.close()));
      await withDeadline(client.quit(), QUIT_MS).catch(() => client.disconnect());
    },
  };
}

function openQueue(name: QueueName, client: Redis): Queue {
  const queue = new Queue(name, {
    connection: client,
    prefix: redisPrefix(name),
    defaultJobOptions: jobDefaults(name),
    skipWaitingForReady: true,
    skipVersionCheck: true, // without it, a Redis that is away at first makes every later command fail
  });
  queue.on("error", () => {}); // the client's own listener has logged it: an emitter without a listener would throw
  return queue;
}

function queueOf(byName: Map<QueueName, Queue>, name: QueueName): Queue {
  const queue = byName.get(name);
  if (queue === undefined) throw new TypeError("no such queue");
  return queue;
}

/** Lets commands wait for a connection that is being made, and for no other: between two tries Redis counts as away. */
function firstConnection(client: Redis): () => Promise<void> {
  let attempt: Promise<unknown> | null = null;
  return async () => {
    if (client.status !== "connecting" && client.status !== "connect") return;
    attempt ??= once(client, "ready", { signal: AbortSignal.timeout(CONNECT_MS) }).finally(() => {
      attempt = null;
    });
    await attempt;
  };
}
