import { type Ledger, openLedger, type Rules, watchDurability } from "@receiver/ledger";
import { type Backend, chooseBackend, createProducer, type Producer } from "@receiver/queues";
import type { AppContext } from "@receiver/runtime";
import { awaitLedger } from "./await-ledger.ts";
import type { PipelineSecrets } from "./pipeline-environment.ts";
import { createTell, type Tell } from "./tell.ts";

/** What stands on both sides of a worker: the rows, and the queues. */
export type Pipeline = { ledger: Ledger; producer: Producer; backend: Backend; tell: Tell };

/**
 * Connections of one process at most. More jobs than this may run at once and take turns; with three of the largest
 * worker and one of every other app it stays below the 100 that Postgres grants by default.
 */
const POOL_SIZE = 16;

/**
 * Opens the ledger and a producer, adds both to the readiness checks, and waits until the ledger is there. They are
 * closed after whatever is opened later.
 * @throws ReceiverError SCHEMA_AHEAD or STOPPING
 */
export async function openPipeline(
  app: string,
  { config, logger, metrics, stopping, opened, check }: AppContext<{ secrets: PipelineSecrets; rules?: Rules }>,
): Promise<Pipeline> {
  const { databaseUrl, redisUrl, masterKeys } = config.secrets;
  if (masterKeys === null) logger.warn({ event: "bodies-not-encrypted" });
  const { rules } = config;
  const options = { databaseUrl, applicationName: app, poolSize: POOL_SIZE, masterKeys, rules };
  const ledger = opened("ledger", openLedger(options));
  check("ledger", () => ledger.check());
  opened("durability", watchDurability(ledger, { logger, metrics, stopping }));
  const backend = chooseBackend({ redisUrl, databaseUrl });
  logger.info({ event: "backend-chosen", backend: backend.kind });
  const producer = opened("producer", createProducer(backend, logger));
  check("queues", () => producer.check());
  await awaitLedger(ledger, { logger, stopping });
  return { ledger, producer, backend, tell: createTell(producer, metrics) };
}
