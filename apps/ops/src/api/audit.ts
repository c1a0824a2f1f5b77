import { z } from "zod";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { cursorOf, isoTime, limitOf, moment, only, pageOf, text } from "./fields.ts";
import { problemResponses, readProblems } from "./problem-responses.ts";

/** A bigint of Postgres', of which 18 digits are more than ever come to be. */
const auditId = z.string().regex(/^[1-9][0-9]{0,17}$/);

/** Also what the page asks for. */
export const auditQuery = only({
  actor: text(200).optional().describe("A user's name, credential: and a machine's, or cli: and whoever ran a command"),
  action: z
    .string()
    .regex(/^[a-z][a-z.-]{0,63}$/, { error: "must be an action as the audit writes it: delivery.reveal" })
    .optional(),
  target: text(500).optional(),
  from: moment.optional().describe("At or after"),
  to: moment.optional().describe("Before"),
  limit: limitOf(100),
  cursor: cursorOf(auditId).optional(),
});

export const auditRecord = z.object({
  id: z.string(),
  at: isoTime,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable().describe("What was changed, where the target doesn't say it"),
});

export function auditRoutes(app: OpsServer, { ledger }: Pick<ApiDependencies, "ledger">): void {
  app.route({
    method: "GET",
    url: "/api/audit",
    config: { access: "operator" },
    schema: {
      tags: ["Audit"],
      operationId: "listAudit",
      summary: "Who did what and why, newest first",
      description: "For operators: reasons are free text, and may say of a person what a viewer is not to know.",
      querystring: auditQuery,
      response: { 200: pageOf(auditRecord), ...readProblems, ...problemResponses(400, 403) },
    },
    handler: async (request) => ledger.audit.list(request.query),
  });
}
