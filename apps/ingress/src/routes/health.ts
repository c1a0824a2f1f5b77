import type { FastifyInstance } from "fastify";
import type { Readiness } from "../ask-readiness.ts";

/**
 * `GET /healthz`: alive. `GET /readyz`: able to store, 200 or 503 with `{ status, mode, checks: { storage: "ok" | code } }`, where
 * the mode is `storing` (Postgres), `spooling` (disk: able, too) or `refusing`.
 */
export function healthRoutes(app: FastifyInstance, askReadiness: () => Promise<Readiness>): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const { passed, mode, checks } = await askReadiness();
    return reply.code(passed ? 200 : 503).send({ status: passed ? "ready" : "not-ready", mode, checks });
  });
}
