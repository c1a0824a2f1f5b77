import { mayHideFlag } from "@receiver/client-file";
import { clientFileStates, flags } from "@receiver/contracts";
import type { ClientFileDetails } from "@receiver/ledger";
import { z } from "zod";
import { actorOf, outOfScope } from "../authentication/guard-routes.ts";
import type { Machine } from "../authentication/scopes.ts";
import { peopleOr } from "../http/open-api.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import { actsFor } from "./acts-for.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { clientFileDetails, clientFileSummary, fileChange } from "./client-file-schemas.ts";
import { cursorOf, id, idText, limitOf, oneOf, only, optionalReason, pageOf, reason, text, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";
import { retentionFor } from "./retention-for.ts";

/** Also what the explorer's form asks for. */
export const clientFileQuery = only({
  companyId: idText.optional(),
  fileNumber: idText.optional(),
  fileUuid: idText.optional(),
  externalId: idText.optional(),
  state: oneOf(clientFileStates).optional(),
  flag: oneOf(flags).optional(),
  limit: limitOf(50),
  cursor: cursorOf(uuid).optional(),
});

const tags = ["Client files"];
const byId = z.object({ id: uuid });
const noSuchFile = () => notFound("No client file");

type Dependencies = Pick<ApiDependencies, "ledger" | "publish" | "now">;

export function clientFileRoutes(app: OpsServer, dependencies: Dependencies): void {
  registerUpload(app, dependencies);
  listClientFiles(app, dependencies);
  getClientFile(app, dependencies);
  refoldClientFile(app, dependencies);
}

function registerUpload(app: OpsServer, { ledger, publish, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files",
    schema: {
      tags,
      operationId: "registerUpload",
      summary: "Register an upload before any webhook",
      description:
        "The upload call returns fileUuid and externalId: registering them cures the loss of the first webhook. The same again changes nothing.",
      body: only({
        companyId: id,
        fileUuid: text(200),
        externalId: text(200).nullable().default(null),
        reason: optionalReason,
      }),
      response: { 200: clientFileSummary, 201: clientFileSummary, ...changeProblems },
    },
    handler: async (request, reply) => {
      const { reason, ...upload } = request.body;
      const registered = await ledger.clientFiles.register(upload, { actor: actorOf(request), reason, now: now() });
      await publish(registered.wakeUps);
      const file = await ledger.clientFiles.get(registered.clientFileId);
      if (file === null) throw noSuchFile();
      return reply
        .code(registered.created ? 201 : 200)
        .header("location", `/api/client-files/${file.id}`)
        .send(file);
    },
  });
}

function listClientFiles(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/client-files",
    config: { scope: "state:read" },
    schema: {
      tags,
      operationId: "listClientFiles",
      summary: "List client files, newest event first",
      description:
        "A machine sees its companies' files alone, and without compliance:read it may not filter by flag=escalated, which such checks raise, too.",
      security: peopleOr("state:read"),
      querystring: clientFileQuery,
      response: { 200: pageOf(clientFileSummary), ...readProblems, ...problemResponses(400, 403) },
    },
    handler: async (request) => {
      const [reader, { flag }] = [readerOf(request.machine), request.query];
      if (reader && flag && mayHideFlag(reader.audience, flag)) throw outOfScope();
      return ledger.clientFiles.list({ ...request.query, reader });
    },
  });
}

function getClientFile(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/client-files/:id",
    config: { scope: "state:read" },
    schema: {
      tags,
      operationId: "getClientFile",
      summary: "One client file with all that is known of it",
      description:
        "Ids of files that were merged into another one lead to that one. A machine sees no notifications, and without compliance:read no PEP, sanction and media checks.",
      security: peopleOr("state:read"),
      params: byId,
      response: { 200: clientFileDetails, ...readProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const file = await ledger.clientFiles.get(request.params.id, readerOf(request.machine));
      if (file === null) throw noSuchFile();
      const { user } = request;
      return {
        ...withIsoTimes(file),
        retention: retentionFor(user, file.retention),
        acts: actsFor(user, file.acts),
      };
    },
  });
}

function refoldClientFile(app: OpsServer, { ledger, publish, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/client-files/:id/refold",
    schema: {
      tags,
      operationId: "refoldClientFile",
      summary: "Fold a file anew, under the status map in force",
      params: byId,
      body: only({ reason }),
      response: { 200: fileChange, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const file = await ledger.clientFiles.get(request.params.id); // an alias leads to the file that holds it
      const by = { actor: actorOf(request), now: now(), reason: request.body.reason };
      const refolded = file && (await ledger.clientFiles.refold(file.id, by));
      if (!refolded) throw noSuchFile();
      await publish(refolded.wakeUps);
      return refolded.change;
    },
  });
}

/** undefined: a person, who may see all. */
const readerOf = (machine: Machine | null) =>
  machine === null
    ? undefined
    : {
        companyIds: machine.companyIds,
        audience: machine.scopes.has("compliance:read") ? ("compliance" as const) : ("operations" as const),
      };

/** The fold counts in milliseconds, the API speaks ISO 8601. */
function withIsoTimes(file: ClientFileDetails) {
  const iso = (epochMs: number) => new Date(epochMs).toISOString();
  return {
    ...file,
    retries: file.retries.map((retry) => ({
      ...retry,
      firstAt: iso(retry.firstAt),
      lastAt: iso(retry.lastAt),
      confidenceHistory: retry.confidenceHistory.map(({ at, value }) => ({ at: iso(at), value })),
    })),
  };
}
