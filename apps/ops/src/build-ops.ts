import cookies from "@fastify/cookie";
import helmet from "@fastify/helmet";
import type { Ledger } from "@receiver/ledger";
import type { Producer } from "@receiver/queues";
import type { Logger, Metrics } from "@receiver/runtime";
import { apiComponents, apiRoutes } from "./api/routes.ts";
import { guardRoutes } from "./authentication/guard-routes.ts";
import { openWaysIn } from "./authentication/open-ways-in.ts";
import { sessionCookie } from "./authentication/session-cookie.ts";
import type { User } from "./authentication/user-list.ts";
import { createServer } from "./create-server.ts";
import { serveDashboard } from "./dashboard/bull-board.ts";
import { describeApi, serveDocs } from "./http/open-api.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { answerErrors } from "./pages/answer-errors.ts";
import { loadAssets, serveAssets } from "./pages/assets.ts";
import { auditPage } from "./pages/audit.ts";
import { actPages } from "./pages/client-file/act-pages.ts";
import { clientFilePage } from "./pages/client-file/client-file-page.ts";
import { conflictPage } from "./pages/client-file/conflict-page.ts";
import { retentionForms } from "./pages/client-file/retention-forms.ts";
import { contractDriftPage } from "./pages/contract-drift.ts";
import { deliveriesPage } from "./pages/deliveries.ts";
import { deliveryPage } from "./pages/delivery.ts";
import { explorerPage } from "./pages/explorer.ts";
import { createLayout } from "./pages/layout.ts";
import { logInPages } from "./pages/log-in.ts";
import { createPublishWakeUps } from "./publish-wake-ups.ts";
import type { OpsServer } from "./server.ts";

export type OpsDependencies = {
  ledger: Ledger;
  producer: Producer;
  users: readonly User[];
  /** Networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  publicUrl: string | undefined;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
};

/** Everything that ops serves, not yet listening. */
export async function buildOps(dependencies: OpsDependencies): Promise<OpsServer> {
  const { ledger, producer, users, trustedProxies, publicUrl, logger, metrics, now } = dependencies;
  const app = createServer(trustedProxies);
  const assets = await loadAssets();
  const layout = createLayout(assets);
  answerErrors(app, { layout, logger });
  await app.register(helmet, securityHeaders);
  await app.register(cookies);

  const { identify, admitUser, sessions } = await openWaysIn({ users, ledger, logger, metrics, now });
  const cookie = sessionCookie(publicUrl);
  guardRoutes(app, { identify, publicUrl, cookieName: cookie.name });

  const missed = metrics.counter({
    name: "receiver_wake_ups_missed_total",
    help: "Wake-ups that could not be published after a commit; the sweeper publishes them",
    labels: [],
  });
  const publish = createPublishWakeUps(producer, { logger, countMissed: (count) => missed({}, count) });
  await describeApi(app, apiComponents);
  apiRoutes(app, { ledger, producer, publish, logger, now });

  serveAssets(app, assets);
  await logInPages(app, { layout, admitUser, sessions, cookie, publicUrl });
  for (const page of [explorerPage, clientFilePage, deliveriesPage, deliveryPage, contractDriftPage, auditPage])
    page(app, { ledger, layout });
  conflictPage(app, { ledger, layout, now });
  await actPages(app, { ledger, layout, publish, now });
  await retentionForms(app, { ledger, now });
  await serveDashboard(app, { producer });
  await serveDocs(app);
  return app;
}
