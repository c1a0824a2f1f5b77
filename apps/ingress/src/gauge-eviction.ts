import type { Producer } from "@receiver/queues";
import { type Metrics, toReceiverError } from "@receiver/runtime";

/**
 * Readiness means "able to store" here, which a Redis that evicts takes nothing away from: so this is shown, and no probe fails of it.
 * No reading while Redis can't be asked.
 */
export function gaugeEviction(producer: Pick<Producer, "check">, metrics: Metrics): void {
  metrics.gauge(
    {
      name: "receiver_redis_may_evict",
      help: "1 while Redis is set to evict keys: jobs may vanish, and are late by a sweep",
      labels: [],
    },
    async () => [{ labels: {}, value: await mayEvict(producer) }],
  );
}

async function mayEvict(producer: Pick<Producer, "check">): Promise<0 | 1> {
  try {
    await producer.check();
    return 0;
  } catch (thrown) {
    if (toReceiverError(thrown).code === "REDIS_MAY_EVICT") return 1;
    throw thrown;
  }
}
