import type { FastifyInstance } from "fastify";
import type { Readiness } from "../ask-readiness.ts";

/** `GET /healthz`: alive. `GET /readyz`: able to store, 200 or 503 with `{ status, checks: { ledger: "ok" | code } }`. */
export function healthRoutes(app: FastifyInstance, askReadiness: () => Promise<Readiness>): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const { passed, checks } = await askReadiness();
    return reply.code(passed ? 200 : 503).send({ status: passed ? "ready" : "not-ready", checks });
  });
}
