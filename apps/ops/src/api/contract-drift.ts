import { z } from "zod";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { cursorOf, deliveryId, isoTime, limitOf, moment, only, pageOf } from "./fields.ts";
import { problemResponses, readProblems } from "./problem-responses.ts";

/** Also what the page asks for. */
export const contractDriftQuery = only({
  since: moment.optional().describe("What was first seen at that time or later"),
  limit: limitOf(100),
  cursor: cursorOf(z.string().max(200)).optional(),
});

const kinds = [
  ...["field", "message-type", "status", "document-type", "verification-type", "verification-status", "error-code"],
] as const;

export const contractDrift = z.object({
  kind: z.enum(kinds),
  messageType: z.string().nullable().describe("Of the messages that bear it; null for a message type itself"),
  name: z
    .string()
    .describe("A field's path, or a word; (unprintable) where it may be more than a name; (more): others"),
  firstSeenAt: isoTime,
  lastSeenAt: isoTime,
  count: z.int().describe("Deliveries that bear it"),
  deliveryId: deliveryId.describe("The first of them"),
});

export function contractDriftRoutes(app: OpsServer, { ledger }: Pick<ApiDependencies, "ledger">): void {
  app.route({
    method: "GET",
    url: "/api/contract-drift",
    schema: {
      tags: ["Contract drift"],
      operationId: "listContractDrift",
      summary: "What Danaya sends and the contract does not know, newest first",
      description:
        "By name, never by value: fields, statuses, types and codes of applied deliveries, and message types.",
      querystring: contractDriftQuery,
      response: { 200: pageOf(contractDrift), ...readProblems, ...problemResponses(400) },
    },
    handler: async (request) => ledger.drift.list(request.query),
  });
}
