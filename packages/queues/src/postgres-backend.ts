import { ReceiverError } from "@receiver/runtime";
import { createPostgresBackend, withBackend } from "bullmq";
import type { Backend } from "./backend.ts";
import type { BullWorker } from "./bull-worker.ts";
import { workerOptions } from "./bull-worker.ts";
import { connectionLog } from "./connection-log.ts";
import { postgresConnection, surviveLostClients } from "./postgres-connection.ts";
import { openPostgresQueues } from "./postgres-queues.ts";

export function postgresBackend(databaseUrl: string): Backend {
  return {
    kind: "postgres",
    description: "queues in the pipeline's own Postgres: no Redis was given. Good for a first try, not for production",
    unavailable: "DATABASE_UNAVAILABLE",
    openQueues: (logger) => openPostgresQueues(databaseUrl, logger),
    openWorker: async (queue, process, concurrency, logger) => {
      const { Worker } = withBackend(createPostgresBackend);
      const worker = new Worker<unknown, void>(queue, process, {
        ...workerOptions(queue, concurrency),
        connection: postgresConnection(databaseUrl),
      });
      surviveLostClients(worker.getBackend());
      const log = connectionLog(logger, "DATABASE_UNAVAILABLE");
      worker.on("error", log.failed);
      worker.on("active", log.recovered);
      try {
        await worker.waitUntilReady();
      } catch (cause) {
        await worker.close(true); // one whose first connection failed never becomes ready
        throw new ReceiverError("DATABASE_UNAVAILABLE", { cause });
      }
      return worker as unknown as BullWorker; // the same class; its type names the backend that it was given
    },
  };
}
