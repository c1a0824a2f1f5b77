import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { makeMachineSecret, tokenOf } from "../authentication/machine-secret.ts";
import { scopes } from "../authentication/scopes.ts";
import { invalidInput, notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { cursorOf, id, isoTime, limitOf, moment, oneOf, only, pageOf, reason, text, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Machine credentials"];

const DAY_MS = 24 * 3_600_000;
/** Who doesn't say how long gets a year; longer than two and nobody remembers who holds it. */
const USUAL_LIFE_MS = 365 * DAY_MS;
const LONGEST_LIFE_MS = 2 * 365 * DAY_MS;

const companiesError = "must be a list of 1 to 100 company ids: a machine for every company there will be is none";
const scopesError = `must be a list of ${scopes.join(", ")}, with state:read or personal-data:read among them`;

const newCredential = only({
  name: text(100),
  companyIds: z
    .array(id, { error: companiesError })
    .min(1, { error: companiesError })
    .max(100, { error: companiesError }),
  scopes: z
    .array(oneOf(scopes), { error: scopesError })
    .refine((chosen) => chosen.some((scope) => scope !== "compliance:read") && new Set(chosen).size === chosen.length, {
      error: scopesError,
    }),
  expiresAt: moment.optional().describe("At most two years from now; a year if it is left out"),
  reason,
});

export const machineCredential = z.object({
  id: z.uuid(),
  name: z.string(),
  companyIds: z.array(z.string()),
  scopes: z.array(z.string()),
  createdAt: isoTime,
  createdBy: z.string(),
  lastUsedAt: isoTime.nullable().describe("To the minute"),
  expiresAt: isoTime,
  revokedAt: isoTime.nullable(),
});
const createdCredential = machineCredential.extend({
  secret: z.string().describe("rcv_…: what the machine sends as Authorization: Bearer. Shown this once"),
});

type Dependencies = Pick<ApiDependencies, "ledger" | "now">;

export function credentialRoutes(app: OpsServer, dependencies: Dependencies): void {
  createCredential(app, dependencies);
  listCredentials(app, dependencies);
  revokeCredential(app, dependencies);
}

function createCredential(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/credentials",
    schema: {
      tags,
      operationId: "createCredential",
      summary: "Let one of the bank's own systems read",
      description:
        "state:read reads the states of these companies' files, personal-data:read what their documents and checks say of people, compliance:read PEP, sanction and media checks besides.",
      body: newCredential,
      response: { 201: createdCredential, ...changeProblems },
    },
    handler: async (request, reply) => {
      const { reason, expiresAt = new Date(now().getTime() + USUAL_LIFE_MS), ...chosen } = request.body;
      refuseLife(expiresAt, now());
      const { secret, digest } = makeMachineSecret();
      const by = { actor: actorOf(request), reason, now: now() };
      const created = await ledger.credentials.create({ ...chosen, expiresAt, secretDigest: digest }, by);
      return reply.code(201).send({ ...created, secret: tokenOf(created.id, secret) });
    },
  });
}

function refuseLife(expiresAt: Date, now: Date): void {
  const lifeMs = expiresAt.getTime() - now.getTime();
  if (lifeMs > 0 && lifeMs <= LONGEST_LIFE_MS) return;
  throw invalidInput([{ path: "expiresAt", message: "must be a time to come, at most two years from now" }]);
}

function listCredentials(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/credentials",
    config: { access: "operator" },
    schema: {
      tags,
      operationId: "listCredentials",
      summary: "List machine credentials, without their secrets, newest first",
      description: "Those that expired or were revoked, too.",
      querystring: only({ limit: limitOf(50), cursor: cursorOf(uuid).optional() }),
      response: { 200: pageOf(machineCredential), ...readProblems, ...problemResponses(400, 403) },
    },
    handler: async (request) => ledger.credentials.list(request.query),
  });
}

function revokeCredential(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "DELETE",
    url: "/api/credentials/:id",
    schema: {
      tags,
      operationId: "revokeCredential",
      summary: "Let a machine read nothing more, from now on and for good",
      params: z.object({ id: uuid }),
      body: only({ reason }),
      response: { 204: z.undefined().describe("Revoked"), ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request, reply) => {
      const by = { actor: actorOf(request), reason: request.body.reason, now: now() };
      const revoked = await ledger.credentials.revoke(request.params.id, by);
      if (!revoked) throw notFound("No credential in force");
      return reply.code(204).send();
    },
  });
}
