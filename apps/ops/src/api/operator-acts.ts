import type { Act } from "@receiver/ledger";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import { actOnFile, otherIdIn } from "./act-on-file.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { uuid } from "./fields.ts";
import {
  abandonBody,
  acted,
  conflict,
  decideBody,
  linkBody,
  unlinkBody,
  withdrawBody,
} from "./operator-act-schemas.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Operator decisions"];
const params = z.object({ id: uuid });
const response = { 200: acted, ...changeProblems, ...problemResponses(404, 409) };
const onVersion =
  "An event of the file like any other, with a line of the audit. The same request again, with nothing done in between, changes nothing.";

type Dependencies = Pick<ApiDependencies, "ledger" | "publish" | "now">;

export function operatorActRoutes(app: OpsServer, dependencies: Dependencies): void {
  getConflict(app, dependencies);
  decide(app, dependencies);
  link(app, dependencies);
  unlink(app, dependencies);
  abandon(app, dependencies);
  withdraw(app, dependencies);
}

function getConflict(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/client-files/:id/conflict",
    schema: {
      tags,
      operationId: "getConflict",
      summary: "What contradicts what in a file, with each side's story",
      description:
        "Of a file without a contradiction: what its two ids tell, each by itself, to see whether they were rightly joined.",
      params,
      response: { 200: conflict, ...readProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const found = await ledger.operators.conflict(request.params.id, now());
      if (found === null) throw notFound("No client file");
      return found;
    },
  });
}

function decide(app: OpsServer, dependencies: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/decide",
    schema: {
      tags,
      operationId: "decideClientFile",
      summary: "Decide on a file, in place of Danaya's word",
      description: `It outlasts all that was seen, settles a contradiction among deliveries, and is released at once; a later answer of Danaya's that says something new, or a later delivery, may move the file again. ${onVersion} Withdraw takes it back.`,
      params,
      body: decideBody,
      response,
    },
    handler: async (request) => {
      const { state, ...how } = request.body;
      return act(dependencies, request, { kind: "decide", state }, how);
    },
  });
}

function link(app: OpsServer, dependencies: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/link",
    schema: {
      tags,
      operationId: "linkClientFile",
      summary: "Say that an upload's uuid and a file's number are one file",
      description: `The inverse of unlink: of the two the later one holds. It ties as strongly as a message that bears both ids. ${onVersion}`,
      params,
      body: linkBody,
      response,
    },
    handler: async (request) => {
      const { version, reason, dryRun, ...given } = request.body;
      const other = otherIdIn(given);
      if (other === null) throw new Error("the schema lets none through without another id");
      return act(dependencies, request, { kind: "link", other }, { version, reason, dryRun });
    },
  });
}

function unlink(app: OpsServer, dependencies: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/unlink",
    schema: {
      tags,
      operationId: "unlinkClientFile",
      summary: "Say that an upload's uuid and a file's number are two files",
      description: `The inverse of link. Whatever ties the two, now or later, ties them no more: an externalId, a message that bears both, a look-up. Without another id it parts the two that the file holds. ${onVersion}`,
      params,
      body: unlinkBody,
      response,
    },
    handler: async (request) => {
      const { version, reason, dryRun, ...given } = request.body;
      return act(dependencies, request, { kind: "unlink", other: otherIdIn(given) }, { version, reason, dryRun });
    },
  });
}

function abandon(app: OpsServer, dependencies: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/abandon",
    schema: {
      tags,
      operationId: "abandonRetries",
      summary: "Give up the retries of a file that are open",
      description: `Nobody is asked or reminded any more; the file's state stays, and a newer retry is open again. ${onVersion} Withdraw takes it back.`,
      params,
      body: abandonBody,
      response,
    },
    handler: async (request) => act(dependencies, request, { kind: "abandon" }, request.body),
  });
}

function withdraw(app: OpsServer, dependencies: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/withdraw",
    schema: {
      tags,
      operationId: "withdrawAct",
      summary: "Take back a decision or an abandonment",
      description: `The file is folded as if it had not been done. ${onVersion} A withdrawal is not withdrawn: the act is done once more.`,
      params,
      body: withdrawBody,
      response,
    },
    handler: async (request) => {
      const { eventId, ...how } = request.body;
      return act(dependencies, request, { kind: "withdraw", eventId }, how);
    },
  });
}

type How = { version: number; reason: string; dryRun: boolean };

async function act(
  dependencies: Dependencies,
  request: FastifyRequest<{ Params: { id: string } }>,
  chosen: Act,
  { version, reason, dryRun }: How,
) {
  const acting = { actor: actorOf(request), now: dependencies.now(), version, reason, dryRun };
  return { dryRun, ...(await actOnFile(dependencies, request.params.id, chosen, acting)) };
}
