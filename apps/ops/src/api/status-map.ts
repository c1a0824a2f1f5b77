import { clientFileStates } from "@receiver/contracts";
import type { VersionedStatusMap } from "@receiver/ledger";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { isoTime, oneOf, only, reason, text } from "./fields.ts";
import { changeProblems, readProblems } from "./problem-responses.ts";

const tags = ["Status map"];

const statusError = "must be named by Danaya's statuses: up to 200 capitals, without spaces around";
const status = text(200).refine((value) => value === value.trim().toUpperCase(), { error: statusError });
const entriesError = "must be an object of 1 to 500 statuses, each with the state that it names";
const entries = z
  .record(status, oneOf(clientFileStates), {
    error: ({ code }) => (code === "invalid_key" ? statusError : entriesError),
  })
  .refine((map) => Object.keys(map).length >= 1 && Object.keys(map).length <= 500, { error: entriesError });

export const statusMap = z.object({
  version: z.int().describe("0: what this version of the receiver begins with"),
  entries: z.record(z.string(), z.enum(clientFileStates)),
  createdAt: isoTime.nullable(),
  createdBy: z.string(),
  reason: z.string(),
});

type Dependencies = Pick<ApiDependencies, "ledger">;

export function statusMapRoutes(app: OpsServer, dependencies: Dependencies): void {
  getStatusMap(app, dependencies);
  replaceStatusMap(app, dependencies);
}

function getStatusMap(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/status-map",
    schema: {
      tags,
      operationId: "getStatusMap",
      summary: "Which state each of Danaya's statuses names",
      response: { 200: statusMap, ...readProblems },
    },
    handler: async () => answerOf(await ledger.statusMap.current()),
  });
}

function replaceStatusMap(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "PUT",
    url: "/api/status-map",
    schema: {
      tags,
      operationId: "replaceStatusMap",
      summary: "Put another version in force",
      description:
        "The whole map. Files keep their states until they are folded again: by their next delivery, or a refold.",
      body: only({ entries, reason }),
      response: { 200: statusMap, ...changeProblems },
    },
    handler: async (request) => {
      const by = { actor: actorOf(request), reason: request.body.reason };
      return answerOf(await ledger.statusMap.replace(request.body.entries, by));
    },
  });
}

const answerOf = (map: VersionedStatusMap) => ({ ...map, createdAt: map.createdAt?.toISOString() ?? null });
