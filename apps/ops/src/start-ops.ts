import { openLedger, watchDurability } from "@receiver/ledger";
import { chooseBackend, createProducer } from "@receiver/queues";
import { type AppContext, listenOn } from "@receiver/runtime";
import { looksHashed } from "./authentication/password-hash.ts";
import { buildOps } from "./build-ops.ts";
import type { OpsConfig } from "./config.ts";

/**
 * How ops runs: opens what it stands on, then listens. It starts without Postgres and without Redis, and says 503 until
 * they are there.
 * @throws ReceiverError PORT_UNAVAILABLE
 */
export async function startOps(context: AppContext<OpsConfig>): Promise<{ url: string }> {
  const { config, logger, metrics, opened, check } = context;
  const { allowedCompanyIds, trustedProxies, publicUrl, rules } = config;
  const { databaseUrl, redisUrl, users, masterKeys } = config.secrets;

  if (masterKeys === null) logger.warn({ event: "bodies-not-encrypted" });
  const options = { databaseUrl, applicationName: "ops", allowedCompanyIds, masterKeys, rules };
  const ledger = opened("ledger", openLedger(options));
  check("ledger", () => ledger.check());
  opened("durability", watchDurability(ledger, context));
  const backend = chooseBackend({ redisUrl, databaseUrl });
  logger.info({ event: "backend-chosen", backend: backend.kind });
  const producer = opened("producer", createProducer(backend, logger));
  check("queues", () => producer.check());

  const inPlainText = users.filter(({ credential }) => !looksHashed(credential)).length;
  if (inPlainText > 0) logger.warn({ event: "passwords-not-hashed", count: inPlainText });
  const now = () => new Date();
  const app = await buildOps({ ledger, producer, users, trustedProxies, publicUrl, logger, metrics, now });
  opened("ops", { close: () => app.close() }); // Fastify takes an argument for a callback
  return { url: await listenOn(app, config) };
}
