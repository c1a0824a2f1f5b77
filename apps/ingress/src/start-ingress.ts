import { openInbox, watchDurability } from "@receiver/ledger/inbox";
import { chooseBackend, createProducer } from "@receiver/queues";
import { type AppContext, listenOn, ReceiverError } from "@receiver/runtime";
import { createIntakeSeal } from "@receiver/sealing";
import { buildIngress } from "./build-ingress.ts";
import type { IngressConfig } from "./config.ts";
import { gaugeEviction } from "./gauge-eviction.ts";
import { handsOverConnections } from "./hands-over-connections.ts";
import { openSpool, type Spool } from "./spool/open-spool.ts";
import { outlivesContainer } from "./spool/outlives-container.ts";
import { createWakeLater } from "./wake-later.ts";
import { announceWebhookUrl } from "./webhook-url.ts";

/**
 * How the public process runs: opens what it stands on, then listens. It starts without Postgres and without Redis, and
 * answers 503 or wakes nobody until they are there.
 * @throws ReceiverError PORT_UNAVAILABLE
 */
export async function startIngress(context: AppContext<IngressConfig>): Promise<{ url: string }> {
  const { config, logger, metrics, opened, check } = context;
  const { databaseUrl, redisUrl, tokens, checks } = config.secrets;
  warnOfWeakSecrets(context);

  const inbox = opened("inbox", openInbox({ databaseUrl, applicationName: "ingress" }));
  opened("durability", watchDurability(inbox, context));
  const spool = await openSpoolOf(context);
  const backend = chooseBackend({ redisUrl, databaseUrl });
  logger.info({ event: "backend-chosen", backend: backend.kind });
  const producer = opened("producer", createProducer(backend, logger));
  gaugeEviction(producer, metrics);
  const wakeUps = opened("wake-ups", createWakeLater(producer, logger, metrics));

  const { allowedCompanyIds, trustedProxies, sealingKey } = config;
  if (config.observe) logger.warn({ event: "observing" });
  if (sealingKey === undefined) logger.warn({ event: "bodies-not-encrypted" });
  const ingress = buildIngress({
    inbox,
    spool,
    seal: sealingKey === undefined ? null : createIntakeSeal(sealingKey),
    wake: config.observe ? wakeNobody : wakeUps.wake,
    tokens,
    checks,
    allowedCompanyIds,
    trustedProxies,
    logger,
    metrics,
  });
  check("storage", ingress.storage.check);
  if (config.reusePort && !(await handsOverConnections())) logger.warn({ event: "connections-not-handed-over" });
  const url = await listenOn(opened("ingress", ingress).app, config);
  announce(config);
  return { url };
}

/** In observe mode: days of jobs that nobody takes would fill Redis. The rows are pending, and the sweeper publishes them afterwards. */
const wakeNobody = (): void => {};

/** Production has refused to start with any. */
function warnOfWeakSecrets({ config, logger }: AppContext<IngressConfig>): void {
  const { weakTokenNames: tokenNames, weakVariables: variables } = config;
  if (variables.length > 0) logger.warn({ event: "weak-webhook-secret", variables, tokenNames });
}

/**
 * Null without a SPOOL_DIR.
 * @throws ReceiverError SPOOL_NOT_DURABLE in production, SPOOL_UNAVAILABLE when the folder can't be used
 */
async function openSpoolOf({ config, logger, opened }: AppContext<IngressConfig>): Promise<Spool | null> {
  if (config.spool === null) {
    logger.warn({ event: "no-spool" });
    return null;
  }
  const spool = opened("spool", await openSpool(config.spool).catch(unusable));
  if (await outlivesContainer(config.spool.spoolDir)) return spool;
  if (config.isProduction) throw new ReceiverError("SPOOL_NOT_DURABLE");
  logger.warn({ event: "spool-not-durable" });
  return spool;
}

function unusable(cause: unknown): never {
  throw new ReceiverError("SPOOL_UNAVAILABLE", { cause });
}

/** On standard output, but not by the logger: this line is the one place that shows a token. */
function announce({ publicUrl, printWebhookUrl, secrets }: IngressConfig): void {
  const [token] = secrets.tokens; // the first one is the one to hand out
  if (publicUrl === undefined || token === undefined) return;
  const show = (printWebhookUrl ?? process.stdout.isTTY) ? "whole" : "masked";
  process.stdout.write(`${announceWebhookUrl({ publicUrl, token, show })}\n`);
}
