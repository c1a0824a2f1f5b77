import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { deliveryDetails, deliveryQuery, deliverySummary, revealedBody } from "./delivery-schemas.ts";
import { deliveryId, only, pageOf, reason } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Deliveries"];
const byId = z.object({ id: deliveryId });

type Dependencies = Pick<ApiDependencies, "ledger">;

export function deliveryRoutes(app: OpsServer, dependencies: Dependencies): void {
  listDeliveries(app, dependencies);
  getDelivery(app, dependencies);
  revealDelivery(app, dependencies);
}

function listDeliveries(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/deliveries",
    schema: {
      tags,
      operationId: "listDeliveries",
      summary: "List deliveries, latest received first",
      querystring: deliveryQuery,
      response: { 200: pageOf(deliverySummary), ...readProblems, ...problemResponses(400) },
    },
    handler: async (request) => ledger.deliveries.list(request.query),
  });
}

function getDelivery(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/deliveries/:id",
    schema: {
      tags,
      operationId: "getDelivery",
      summary: "One delivery, without its body",
      params: byId,
      response: { 200: deliveryDetails, ...readProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const delivery = await ledger.deliveries.get(request.params.id);
      if (delivery === null) throw notFound("No delivery");
      return delivery;
    },
  });
}

function revealDelivery(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/deliveries/:id/reveal",
    schema: {
      tags,
      operationId: "revealDelivery",
      summary: "Show the raw body, personal data and all",
      description: "Who asked, and why, is written to the audit before the answer.",
      params: byId,
      body: only({ reason }),
      response: { 200: revealedBody, ...changeProblems, ...problemResponses(404, 410) },
    },
    handler: async (request) => {
      const { id } = request.params;
      const body = await ledger.deliveries.reveal(id, actorOf(request), request.body.reason);
      if (body === null) throw notFound("No delivery with a body");
      const encoding = isUtf8(body) ? "utf-8" : "base64";
      return { id, sizeBytes: body.length, encoding, body: body.toString(encoding) } as const;
    },
  });
}
