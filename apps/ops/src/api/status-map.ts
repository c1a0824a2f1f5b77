import { clientFileStates, flags } from "@receiver/contracts";
import type { Answer, Ledger } from "@receiver/ledger";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { HttpProblem } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { isoTime, oneOf, only, reason, text, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Status map"];

const statusError = "must be named by Danaya's statuses: up to 200 capitals, without spaces around";
const status = text(200).refine((value) => value === value.trim().toUpperCase(), { error: statusError });
const entriesError = "must be an object of 1 to 500 statuses, each with the state that it names";
const entries = z
  .record(status, oneOf(clientFileStates), {
    error: ({ code }) => (code === "invalid_key" ? statusError : entriesError),
  })
  .refine((map) => Object.keys(map).length >= 1 && Object.keys(map).length <= 500, { error: entriesError });

const seenVersion = z
  .int({ error: "must be a whole number" })
  .optional()
  .describe("Of the map that you saw: where another one is in force by now, it is refused (409 STATUS_MAP_CHANGED)");
const mapChanged = new HttpProblem(
  409,
  "STATUS_MAP_CHANGED",
  "Another version is in force by now, with rows that yours may lack: look at it again, then replace that one",
);

const dryRun = z.boolean({ error: "must be true or false" }).default(false);

export const statusMap = z.object({
  version: z.int().describe("0: what this version of the receiver begins with"),
  entries: z.record(z.string(), z.enum(clientFileStates)),
  createdAt: isoTime.nullable(),
  createdBy: z.string(),
  reason: z.string(),
});

/** A call looks at as many files as this leaves time for; the next one goes on behind them. */
const LOOK_MS = 5_000;
const cursor = uuid
  .nullable()
  .default(null)
  .describe("nextCursor of the call before; null or left out: from the first");
const walked = {
  looked: z.int().describe("Files that this call looked at"),
  files: z.int().describe("Files in all: how far the calls have come"),
  nextCursor: z.uuid().nullable().describe("Not null: more files are to be looked at. Send it as cursor"),
};

const alikeChanges = z.array(
  z.object({
    state: z.object({ before: z.enum(clientFileStates).nullable(), after: z.enum(clientFileStates) }),
    flagsRaised: z.array(z.enum(flags)),
    flagsCleared: z.array(z.enum(flags)),
    files: z.int(),
    examples: z.array(z.uuid()).describe("Ids of the first five"),
  }),
);

export const foretoldMap = z.object({
  dryRun: z.literal(true),
  affected: z.int().describe("Files that bear a status which another version of the map reads otherwise"),
  changes: alikeChanges.describe("Files that would change alike, counted"),
  ...walked,
});

export const refoldedMap = z.object({
  version: z.int().describe("Of the map in force"),
  refolded: z.int(),
  changes: alikeChanges.describe("Files that changed alike, counted"),
  ...walked,
});

type Dependencies = Pick<ApiDependencies, "ledger" | "publish" | "now">;

export function statusMapRoutes(app: OpsServer, dependencies: Dependencies): void {
  getStatusMap(app, dependencies);
  replaceStatusMap(app, dependencies);
  refoldAffected(app, dependencies);
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

function replaceStatusMap(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "PUT",
    url: "/api/status-map",
    schema: {
      tags,
      operationId: "replaceStatusMap",
      summary: "Put another version in force",
      description:
        "The whole map. Files keep their states until they are folded again: by their next delivery, or a refold. A dry run tells what a refold would change, by reading alone; it looks at files for 5 seconds, then nextCursor says where to go on.",
      body: only({ entries, reason, dryRun, cursor, version: seenVersion }),
      response: { 200: z.union([statusMap, foretoldMap]), ...changeProblems, ...problemResponses(409) },
    },
    handler: async (request) => {
      const { entries, reason, dryRun, cursor, version } = request.body;
      if (dryRun)
        return { dryRun: true as const, ...(await ledger.statusMap.foretell(entries, stretchFrom(cursor, now()))) };
      const map = await ledger.statusMap.replace(entries, { actor: actorOf(request), reason, version });
      if (map === null) throw mapChanged;
      return answerOf(map);
    },
  });
}

function refoldAffected(app: OpsServer, { ledger, publish, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/status-map/refold",
    schema: {
      tags,
      operationId: "refoldByStatusMap",
      summary: "Fold the files anew that another version of the map read otherwise",
      description:
        "Each file by itself, beside the workers; files without such a status are left alone. A call works for 5 seconds and leaves one line in the audit; nextCursor, sent back as cursor, goes on. The same again changes nothing more.",
      body: only({ reason, cursor }),
      response: { 200: refoldedMap, ...changeProblems },
    },
    handler: async (request) => {
      const { reason, cursor } = request.body;
      const by = { actor: actorOf(request), reason };
      const { wakeUps, ...refolded } = await ledger.statusMap.refold(stretchFrom(cursor, now()), by);
      await publish(wakeUps);
      return refolded;
    },
  });
}

const stretchFrom = (after: string | null, now: Date) => ({ after, until: performance.now() + LOOK_MS, now });

const answerOf = (map: Answer<Ledger["statusMap"]["current"]>) => ({
  ...map,
  createdAt: map.createdAt?.toISOString() ?? null,
});
