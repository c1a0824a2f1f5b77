import type { ClientFileDetails } from "@receiver/ledger";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { eraseConfirmed } from "./erase-confirmed.ts";
import { belongsToFile, stillPending } from "./erasure-refusals.ts";
import {
  deliveryErasure,
  eraseFileBody,
  fileErasure,
  fileRetention,
  reasonBody,
  relationshipBody,
} from "./erasure-schemas.ts";
import { deliveryId, uuid } from "./fields.ts";
import { changeProblems, problemResponses } from "./problem-responses.ts";

const tags = ["Erasure and retention"];
const byId = z.object({ id: uuid });
const noSuchFile = () => notFound("No client file");

type Dependencies = Pick<ApiDependencies, "ledger" | "now">;
type Said = { clientFileId: string } | null;

export function erasureRoutes(app: OpsServer, dependencies: Dependencies): void {
  eraseFile(app, dependencies);
  eraseDelivery(app, dependencies);
  holdFile(app, dependencies);
  liftHold(app, dependencies);
  closeRelationship(app, dependencies);
}

function eraseFile(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/erase",
    schema: {
      tags,
      operationId: "eraseClientFile",
      summary: "Erase a file's content, for good",
      description:
        "Its key is destroyed and its bodies are emptied. State, transitions, events and expiry days stay, and what comes later is folded and not kept. Safe to repeat. A legal hold refuses it.",
      params: byId,
      body: eraseFileBody,
      response: { 200: fileErasure, ...changeProblems, ...problemResponses(404, 409) },
    },
    handler: async (request) => {
      const { confirm, reason } = request.body;
      const by = operatorOf(request, reason, now);
      const erased = await eraseConfirmed(ledger, { id: request.params.id, confirm }, by);
      if (erased === null) throw noSuchFile();
      return erased;
    },
  });
}

function eraseDelivery(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/deliveries/:id/erase",
    schema: {
      tags,
      operationId: "eraseDelivery",
      summary: "Erase the body of a quarantined or failed delivery that belongs to no file",
      description: "That it came, when, and what was wrong with it stays. It can't be replayed any more.",
      params: z.object({ id: deliveryId }),
      body: reasonBody,
      response: { 200: deliveryErasure, ...changeProblems, ...problemResponses(404, 409) },
    },
    handler: async (request) => {
      const { id } = request.params;
      const erasure = await ledger.erasure.eraseDelivery(id, operatorOf(request, request.body.reason, now));
      if (erasure.kind === "not-found") throw notFound("No delivery");
      if (erasure.kind === "of-a-file") throw belongsToFile(erasure.clientFileId);
      if (erasure.kind === "pending") throw stillPending();
      return { id, erased: erasure.kind === "erased" };
    },
  });
}

function holdFile(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/legal-hold",
    schema: {
      tags,
      operationId: "holdClientFile",
      summary: "Put a legal hold on a file",
      description:
        "Neither an operator nor a deadline erases it, nor another file with its externalId. A second hold replaces the reason.",
      params: byId,
      body: reasonBody,
      response: { 200: fileRetention, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) =>
      retentionAfter(
        ledger,
        await ledger.erasure.hold(request.params.id, operatorOf(request, request.body.reason, now)),
      ),
  });
}

function liftHold(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "DELETE",
    url: "/api/client-files/:id/legal-hold",
    schema: {
      tags,
      operationId: "liftLegalHold",
      summary: "Lift a file's legal hold",
      description: "A hold on another file with its externalId stays, and is among the holds that are answered.",
      params: byId,
      body: reasonBody,
      response: { 200: fileRetention, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const by = operatorOf(request, request.body.reason, now);
      return retentionAfter(ledger, await ledger.erasure.liftHold(request.params.id, by));
    },
  });
}

function closeRelationship(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "PUT",
    url: "/api/client-files/:id/relationship",
    schema: {
      tags,
      operationId: "closeRelationship",
      summary: "Say when the relationship with a file's customer ended",
      description:
        "The years of evidence are counted from it. null: it goes on. Of files with one externalId the last to be closed counts.",
      params: byId,
      body: relationshipBody,
      response: { 200: fileRetention, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const { closedAt, reason } = request.body;
      const by = { ...operatorOf(request, reason, now), closedAt };
      return retentionAfter(ledger, await ledger.erasure.closeRelationship(request.params.id, by));
    },
  });
}

const operatorOf = (request: FastifyRequest, reason: string, now: () => Date) => ({
  actor: actorOf(request),
  reason,
  now: now(),
});

async function retentionAfter(ledger: Dependencies["ledger"], said: Said): Promise<ClientFileDetails["retention"]> {
  const file = said && (await ledger.clientFiles.get(said.clientFileId));
  if (!file) throw noSuchFile();
  return file.retention;
}
