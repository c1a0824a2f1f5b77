import underPressure from "@fastify/under-pressure";
import type { NamedToken } from "@receiver/runtime";
import { type FastifyInstance, fastify } from "fastify";
import { createAdmission, type Limits, SAMPLED_EVERY_MS, limits as usualLimits } from "./admit-request.ts";
import { createReadiness } from "./ask-readiness.ts";
import { boundStrangers } from "./bound-strangers.ts";
import { type CheckSettings, createRequestChecks } from "./checks/check-request.ts";
import { closePolitely } from "./close-politely.ts";
import { createConnectionErrors } from "./connection-errors.ts";
import { createFailureLimit } from "./limit-failures.ts";
import { createReceiver } from "./receive-delivery.ts";
import { createReport } from "./report-troubles.ts";
import { answerErrors } from "./routes/answer-errors.ts";
import { healthRoutes } from "./routes/health.ts";
import { webhookRoute } from "./routes/webhook.ts";
import { BODY_LIMIT_BYTES, serverOptions } from "./server-options.ts";
import { openStorage, type Storage, type StorageDeps } from "./storage/open-storage.ts";
import { watchAnswers } from "./watch-answers.ts";

export type IngressDeps = Omit<StorageDeps, "seen"> & {
  tokens: readonly NamedToken[];
  /** What must hold besides the token. */
  checks: CheckSettings;
  /** CIDRs whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** What may be in hand at once; the usual unless given. */
  limits?: Limits;
};

export type Ingress = { app: FastifyInstance; storage: Storage; close(graceMs: number): Promise<void> };

/** What the public process is: its routes and their answers. It does not listen yet. */
export function buildIngress({ tokens, checks, trustedProxies, limits = usualLimits, ...deps }: IngressDeps): Ingress {
  const { allowedCompanyIds, seal, logger, metrics } = deps;
  const report = createReport(logger, metrics);
  const connections = createConnectionErrors(report.refused);
  const watched = watchAnswers(metrics);
  const storage = openStorage({ ...deps, seen: watched.seen });

  const app = fastify(serverOptions({ trustedProxies, connections, report }));
  connections.follow(app.server);
  const { recognise } = boundStrangers(app.server, report.connectionEnded);
  const close = closePolitely(app);
  app.addHook("onResponse", async (_request, reply) => watched.answered(reply.statusCode, reply.elapsedTime));
  answerErrors(app, { connections, report, logger });
  healthRoutes(app, createReadiness(storage));
  app.register(underPressure, { sampleInterval: SAMPLED_EVERY_MS }); // without a limit it measures, and decides nothing
  const measure = () => app.memoryUsage();
  const { admit } = createAdmission({ limits, bodyLimitBytes: BODY_LIMIT_BYTES, measure });
  webhookRoute(app, {
    checks: createRequestChecks({ tokens, settings: checks, ...watched }),
    recognise,
    limitFailures: createFailureLimit(),
    admit,
    receive: createReceiver({ keep: storage.keep, seal, allowedCompanyIds, notStored: report.notStored }),
    report,
  });
  app.addHook("onReady", async () => storage.start());

  return {
    app,
    storage,
    close: async (graceMs) => {
      await close(graceMs);
      await storage.stop();
      report.flush();
    },
  };
}
