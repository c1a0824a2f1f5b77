import type { Logger } from "@receiver/runtime";
import type { PostgresQueueBackend } from "bullmq";
import { createPostgresBackend, Queue } from "bullmq";
import type { ConnectionLog } from "./connection-log.ts";
import { connectionLog } from "./connection-log.ts";
import { withDeadline } from "./deadline.ts";
import { postgresConnection, surviveLostClients } from "./postgres-connection.ts";
import type { QueueStore } from "./queue-store.ts";
import { jobDefaults } from "./queue-store.ts";
import type { QueueName } from "./registry.ts";
import { queueNames } from "./registry.ts";

const CLOSE_MS = 2_000;

type Pool = { root: PostgresQueueBackend; byName: Map<QueueName, Queue>; ready: Promise<void>; failed: boolean };

/** One pool for all queues of a process. A pool whose first connection failed stays unusable: the next use makes another one. */
export function openPostgresQueues(databaseUrl: string, logger: Logger): QueueStore {
  const log = connectionLog(logger, "DATABASE_UNAVAILABLE");
  let pool = openPool(databaseUrl, log);

  const usable = async (name: QueueName): Promise<Queue> => {
    if (pool.failed) pool = openPool(databaseUrl, log);
    const current = pool;
    await current.ready;
    log.recovered();
    const queue = current.byName.get(name);
    if (queue === undefined) throw new TypeError("no such queue");
    return queue;
  };

  return {
    use: async (name, work) => work(await usable(name)),
    headOfLine: async (queue, waiting) => (await queue.getWaiting(waiting - 1, waiting - 1))[0], // it counts from the line's end
    queues: () => [...pool.byName.values()],
    check: async () => {
      const queue = await usable("NOTIFICATION");
      await queue.isPaused();
    },
    close: () => withDeadline(pool.root.close(), CLOSE_MS).catch(() => {}),
  };
}

function openPool(databaseUrl: string, log: ConnectionLog): Pool {
  const root = createPostgresBackend("root", { connection: postgresConnection(databaseUrl) });
  surviveLostClients(root);
  root.on("error", log.failed);
  const pool: Pool = { root, byName: new Map(), ready: root.waitUntilReady(), failed: false };
  pool.ready.catch((cause: unknown) => {
    pool.failed = true;
    log.failed(cause);
    root.close().catch(() => {});
  });
  for (const name of queueNames) pool.byName.set(name, openQueue(name, root));
  return pool;
}

function openQueue(name: QueueName, root: PostgresQueueBackend): Queue {
  const options = { connection: {}, defaultJobOptions: jobDefaults(name) };
  const queue = new Queue(name, options, () => root.forQueue(name));
  queue.on("error", () => {}); // the pool's own listener has logged it: an emitter without a listener would throw
  return queue as unknown as Queue; // the same class; its type names the backend that it was given
}
