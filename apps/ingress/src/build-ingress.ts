import type { Inbox } from "@receiver/ledger/inbox";
import type { WakeUp } from "@receiver/queues";
import type { Logger, Metrics, NamedToken } from "@receiver/runtime";
import { type FastifyInstance, fastify } from "fastify";
import { createReadiness } from "./ask-readiness.ts";
import { createTokenCheck } from "./check-token.ts";
import { closePolitely } from "./close-politely.ts";
import { createConnectionErrors } from "./connection-errors.ts";
import { createFailureLimit } from "./limit-failures.ts";
import { createReceiver } from "./receive-delivery.ts";
import { createReport } from "./report-troubles.ts";
import { answerErrors } from "./routes/answer-errors.ts";
import { healthRoutes } from "./routes/health.ts";
import { webhookRoute } from "./routes/webhook.ts";
import { serverOptions } from "./server-options.ts";
import { watchAnswers } from "./watch-answers.ts";

export type IngressDeps = {
  inbox: Pick<Inbox, "receive" | "check">;
  /** Told of each stored delivery that a worker has to apply. Must not throw. */
  wake(wakeUp: WakeUp): void;
  tokens: readonly NamedToken[];
  /** null: those of any company. */
  allowedCompanyIds: ReadonlySet<string> | null;
  /** CIDRs whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  logger: Logger;
  metrics: Metrics;
};

export type Ingress = { app: FastifyInstance; close(graceMs: number): Promise<void> };

/** What the public process is: its routes and their answers. It does not listen yet. */
export function buildIngress(deps: IngressDeps): Ingress {
  const { inbox, wake, tokens, allowedCompanyIds, trustedProxies, logger, metrics } = deps;
  const report = createReport(logger, metrics);
  const connections = createConnectionErrors(report.refused);
  const watched = watchAnswers(metrics);

  const app = fastify(serverOptions({ trustedProxies, connections, report }));
  const close = closePolitely(app);
  app.addHook("onResponse", async (_request, reply) => watched.answered(reply.statusCode, reply.elapsedTime));
  answerErrors(app, { connections, report, logger });
  healthRoutes(
    app,
    createReadiness(() => inbox.check()),
  );
  webhookRoute(app, {
    checkToken: createTokenCheck(tokens),
    tokenUsed: watched.tokenUsed,
    limitFailures: createFailureLimit(),
    receive: createReceiver({
      inbox,
      allowedCompanyIds,
      wake,
      seen: watched.seen,
      notStored: report.notStored,
      logger,
    }),
    report,
  });

  return {
    app,
    close: async (graceMs) => {
      await close(graceMs);
      report.flush();
    },
  };
}
