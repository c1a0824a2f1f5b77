import { Redis } from "ioredis";

/** Every key and what it holds, a line each. */
export async function dumpRedis(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    const keys = await client.keys("*");
    const lines = await Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await read(client, key))}`));
    return lines.join("\n");
  } finally {
    client.disconnect();
  }
}

async function read(client: Redis, key: string): Promise<unknown> {
  const readers: Record<string, () => Promise<unknown>> = {
    string: () => client.get(key),
    hash: () => client.hgetall(key),
    list: () => client.lrange(key, 0, -1),
    set: () => client.smembers(key),
    zset: () => client.zrange(key, "0", "-1", "WITHSCORES"),
    stream: () => client.xrange(key, "-", "+"),
  };
  const type = await client.type(key);
  const reader = readers[type];
  if (reader === undefined) throw new Error(`no reader for a ${type}`);
  return reader();
}
