import type { QueueName } from "./registry.ts";

/** A hash tag per queue: on Redis Cluster all keys of one queue share a slot, as BullMQ's scripts require, and queues spread over the nodes. */
export function redisPrefix(queue: QueueName): string {
  return `{rcv:${queue}}`;
}
