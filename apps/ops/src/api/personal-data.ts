import type { Answer, Ledger } from "@receiver/ledger";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import type { Machine } from "../authentication/scopes.ts";
import { machinesWith } from "../http/open-api.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { isoTime, only, reason, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Client files"];
const byId = z.object({ id: uuid });
const url = "/api/client-files/:id/personal-data";

const asGiven = z.record(z.string(), z.unknown());
const source = z.object({ deliveryId: z.string(), occurredAt: isoTime }).describe("The delivery that said it last");

const personalDocument = z.object({
  id: z.string(),
  space: z.enum(["upload", "analysis"]),
  type: z.string().nullable(),
  content: z
    .object({ ocrExtractedData: asGiven, from: source })
    .nullable()
    .describe("What OCR read, as Danaya sent it"),
  verificationResults: z.array(
    z.object({ type: z.string().describe("Normalised: FACE_MATCH"), result: asGiven, from: source }),
  ),
});

export const personalData = z.object({
  clientFileId: z.uuid(),
  companyId: z.string(),
  additionalData: z.object({ data: asGiven, from: source }).nullable(),
  documents: z.array(personalDocument),
  deliveries: z.array(
    z.object({
      id: z.string(),
      occurredAt: isoTime,
      available: z.boolean().describe("false: its body was erased, or today's contract refuses it"),
    }),
  ),
});

const description =
  "The latest word on each document and check by itself, with the delivery that said it. Who asked is written to the audit before the answer. Links to pictures are left out: Danaya's are valid for half an hour.";

type Dependencies = Pick<ApiDependencies, "ledger">;

export function personalDataRoutes(app: OpsServer, { ledger }: Dependencies): void {
  const noSuchFile = () => notFound("No client file");

  app.route({
    method: "GET",
    url,
    config: { access: "no people", scope: "personal-data:read" },
    schema: {
      tags,
      operationId: "readPersonalData",
      summary: "What the documents and checks of a file say of a person, for a machine",
      description: `${description} Without compliance:read, PEP, sanction and media checks are left out, and checks that nobody knows.`,
      security: machinesWith("personal-data:read"),
      params: byId,
      response: { 200: personalData, ...readProblems, ...problemResponses(403, 404) },
    },
    handler: async (request) => {
      const machine = request.machine as Machine; // nobody else gets here
      const found = await ledger.clientFiles.personalData(request.params.id, {
        actor: actorOf(request),
        companyIds: machine.companyIds,
        sees: machine.scopes.has("compliance:read") ? "everything" : "no-compliance",
        detail: { credentialId: machine.credentialId },
      });
      if (found === null) throw noSuchFile();
      return answerOf(found);
    },
  });

  app.route({
    method: "POST",
    url,
    schema: {
      tags,
      operationId: "revealPersonalData",
      summary: "What the documents and checks of a file say of a person, for an operator who says why",
      description,
      params: byId,
      body: only({ reason }),
      response: { 200: personalData, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const { reason } = request.body;
      const by = { actor: actorOf(request), reason, companyIds: null, sees: "everything" } as const;
      const found = await ledger.clientFiles.personalData(request.params.id, by);
      if (found === null) throw noSuchFile();
      return answerOf(found);
    },
  });
}

type PersonalData = NonNullable<Answer<Ledger["clientFiles"]["personalData"]>>;

/** The fold counts in milliseconds, the API speaks ISO 8601. */
function answerOf({ additionalData, documents, deliveries, ...file }: PersonalData) {
  return {
    ...file,
    additionalData: additionalData && withIsoTime(additionalData),
    documents: documents.map(({ content, verificationResults, ...document }) => ({
      ...document,
      content: content && withIsoTime(content),
      verificationResults: verificationResults.map(withIsoTime),
    })),
    deliveries: deliveries.map(({ occurredAt, ...delivery }) => ({ ...delivery, occurredAt: isoOf(occurredAt) })),
  };
}

const isoOf = (epochMs: number): string => new Date(epochMs).toISOString();

const withIsoTime = <Said extends { from: { deliveryId: string; occurredAt: number } }>({ from, ...said }: Said) => ({
  ...said,
  from: { deliveryId: from.deliveryId, occurredAt: isoOf(from.occurredAt) },
});
