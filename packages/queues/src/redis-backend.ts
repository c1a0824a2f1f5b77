import { Worker } from "bullmq";
import type { RedisOptions } from "ioredis";
import type { Backend } from "./backend.ts";
import { workerOptions } from "./bull-worker.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { connectionLog } from "./connection-log.ts";
import { isReadOnly } from "./is-read-only.ts";
import { redisPrefix } from "./redis-prefix.ts";
import { openRedisQueues } from "./redis-queues.ts";
import { redisTls } from "./redis-tls.ts";

/** Unlike a producer's, a worker's commands wait for Redis to come back: no time-out, no limit of retries. Milliseconds. */
const workerConnection = {
  maxRetriesPerRequest: null,
  connectTimeout: 5_000,
  socketTimeout: 15_000, // a command without an answer: above the 10 s that BullMQ waits for a job
  disconnectTimeout: 500, // an unanswered goodbye would keep a process that stops from ending
  retryStrategy: (times: number) => Math.min(times * 100, 2_000),
} satisfies RedisOptions;

export function redisBackend(url: string): Backend {
  return {
    kind: "redis",
    description: `queues in Redis at ${new URL(url).host}`,
    unavailable: "REDIS_UNAVAILABLE",
    openQueues: (logger) => openRedisQueues(url, logger),
    openWorker: async (queue, process, concurrency, logger) => {
      const log = connectionLog(logger, "REDIS_UNAVAILABLE");
      const worker = new Worker<unknown, void>(queue, process, {
        ...workerOptions(queue, concurrency),
        prefix: redisPrefix(queue),
        connection: { url, ...redisTls(url), ...workerConnection, reconnectOnError: resendTo(log) },
      });
      worker.on("error", log.failed);
      worker.getBackend().on("ready", log.recovered);
      return worker;
    },
  };
}

/** A command that a demoted primary refuses waits for the new one like any other. Nobody but the log hears of it. */
function resendTo(log: ConnectionLog): NonNullable<RedisOptions["reconnectOnError"]> {
  return (error) => {
    if (!isReadOnly(error)) return false;
    log.failed(error);
    return 2;
  };
}
