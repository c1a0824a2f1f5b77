import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Redis } from "ioredis";

/** How each type of value is read as a whole. Not by DUMP: that compresses. */
const readers: Record<string, (key: string) => [command: string, ...words: string[]]> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** Every key with its value, of any type. */
export async function readRedisKeys(url: string): Promise<Map<string, Buffer>> {
  const redis = new Redis(url);
  const found = new Map<string, Buffer>();
  try {
    for await (const keys of redis.scanStream({ count: 500 })) {
      for (const key of keys as string[]) found.set(key, await readValue(redis, key));
    }
  } finally {
    redis.disconnect();
  }
  return found;
}

async function readValue(redis: Redis, key: string): Promise<Buffer> {
  const type = await redis.type(key);
  if (type === "none") return Buffer.alloc(0); // gone meanwhile
  const reader = readers[type];
  if (reader === undefined) throw new Error(`no reader for a ${type} in Redis`);
  const [command, ...words] = reader(key);
  return Buffer.from(bytesIn(await redis.callBuffer(command, ...words)).join("\n"), "latin1");
}

/** All texts of a reply, one character a byte. */
function bytesIn(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.flatMap(bytesIn);
  return [Buffer.isBuffer(reply) ? reply.toString("latin1") : String(reply)];
}

/** What Redis wrote to disk: its append-only file holds each change ever made. Empty where the server is not one of ours here. */
export async function readRedisFiles(url: string): Promise<Map<string, Buffer>> {
  const redis = new Redis(url);
  try {
    const [, folder = ""] = (await redis.config("GET", "dir")) as string[];
    if (!basename(folder).startsWith("receiver-redis-")) return new Map();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name !== "redis.conf");
    return new Map(
      await Promise.all(
        files.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name))] as const),
      ),
    );
  } finally {
    redis.disconnect();
  }
}
