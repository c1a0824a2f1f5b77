import { redisContainer } from "./containers/redis-container.ts";
import { tryContainer } from "./containers/try-container.ts";
import type { FindOptions, FoundRedis, NoRedis } from "./found.ts";
import { findRedisBinary } from "./redis/redis-binary.ts";
import { startRedisServer } from "./redis/start-redis-server.ts";

/**
 * Answers where Redis comes from: `REDIS_URL`, else (tests only) a container, else a private `redis-server` or
 * `valkey-server` from the PATH, else none, on which the caller runs BullMQ on its Postgres backend. Says which and
 * why through `log`. Throws when a server was found that doesn't start.
 */
export async function findRedis(options: FindOptions): Promise<FoundRedis | NoRedis> {
  const found = await choose(options);
  options.log(`Redis: ${found.source}, because ${found.why}`);
  return found;
}

async function choose(options: FindOptions): Promise<FoundRedis | NoRedis> {
  const given = options.env.REDIS_URL?.trim();
  if (given) return { ...unmanaged, source: "REDIS_URL", url: given, why: "it is set", restart: async () => given };
  let why = "REDIS_URL is not set";
  if (options.mode === "test") {
    const attempt = await tryContainer(options.env, redisContainer);
    why += ` and ${attempt.reason}`;
    if (attempt.kind === "started") return { ...attempt.container, source: "testcontainers", why };
  }
  const binary = await findRedisBinary(options.env.PATH ?? "");
  if (binary.kind === "found") return startRedisServer(options, binary, why);
  return {
    ...unmanaged,
    source: "none",
    url: null,
    why: `${why} and ${binary.reason}: queues run on Postgres instead`,
  };
}

const unmanaged = { stop: async () => undefined };
