import { type Logger, ReceiverError, toReceiverError } from "@receiver/runtime";
import type { Redis } from "ioredis";

/**
 * Skipping BullMQ's version check silences its warning of this. A Redis that doesn't tell its policy is taken at that.
 * @throws ReceiverError REDIS_MAY_EVICT, or what the driver threw
 */
export async function refuseEviction(client: Redis): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info("memory"))?.[1];
  if (policy !== undefined && policy !== "noeviction") throw new ReceiverError("REDIS_MAY_EVICT");
}

/**
 * Asks when Redis first answers and at every connection after that, and says so when it may evict: a process works on all the same,
 * since a job that vanishes is late by a sweep and not lost.
 */
export function tellOfEviction(client: Redis, logger: Logger): void {
  let told = false;
  client.on("ready", async () => {
    const mayEvict = await refuseEviction(client).then(() => false, isEviction);
    if (mayEvict && !told) logger.error({ event: "redis-may-evict", err: new ReceiverError("REDIS_MAY_EVICT") });
    told = mayEvict;
  });
}

/** A connection that broke meanwhile says nothing; the next one is asked again. */
const isEviction = (thrown: unknown): boolean => toReceiverError(thrown).code === "REDIS_MAY_EVICT";
