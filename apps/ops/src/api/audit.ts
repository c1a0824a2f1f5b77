import { z } from "zod";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { isoTime, limitOf, only } from "./fields.ts";
import { problemResponses, readProblems } from "./problem-responses.ts";

const entry = z.object({
  at: isoTime,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  reason: z.string().nullable(),
});

export function auditRoutes(app: OpsServer, { ledger }: Pick<ApiDependencies, "ledger">): void {
  app.route({
    method: "GET",
    url: "/api/audit",
    schema: {
      tags: ["Audit"],
      operationId: "listAudit",
      summary: "Who did what and why, newest first",
      querystring: only({ limit: limitOf(100) }),
      response: { 200: z.object({ items: z.array(entry) }), ...readProblems, ...problemResponses(400) },
    },
    handler: async (request) => ({ items: await ledger.audit.list(request.query.limit) }),
  });
}
