import { type Producer, type QueueName, queueNames } from "@receiver/queues";
import type { SweepTools } from "./sweep-tools.ts";

/**
 * Makes the queues what the rows say. The queues are asked first: who pauses writes the row before the queue, so a queue
 * that was paused when asked has its row by the time the rows are read, and isn't resumed against an operator's will.
 */
export async function assertPauses({ ledger, producer, logger }: SweepTools): Promise<void> {
  const paused = await pausedQueues(producer);
  const wanted = new Set(await ledger.pauses.list());
  for (const queue of queueNames) {
    if (wanted.has(queue) && !paused.has(queue)) {
      await producer.pause(queue);
      logger.info({ event: "pause-asserted", queue });
    }
    if (!wanted.has(queue) && paused.has(queue)) {
      await producer.resume(queue);
      logger.info({ event: "resume-asserted", queue });
    }
  }
}

async function pausedQueues(producer: Producer): Promise<Set<QueueName>> {
  const states = await Promise.all(
    queueNames.map(async (queue) => ({ queue, paused: await producer.isPaused(queue) })),
  );
  return new Set(states.filter(({ paused }) => paused).map(({ queue }) => queue));
}
