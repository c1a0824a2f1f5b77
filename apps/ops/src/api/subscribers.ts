import { audiences, notificationTypes } from "@receiver/contracts";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { id, isoTime, oneOf, only, optionalReason, reason, text, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";
import { subscriberFor } from "./subscriber-for.ts";

const tags = ["Subscribers"];
const byId = z.object({ id: uuid });
const noSuchSubscriber = () => notFound("No subscriber");

const urlError = "must be an http or https URL of up to 2,000 characters, without name and password in it";
const url = z
  .string({ error: urlError })
  .max(2_000, { error: urlError })
  .refine((value) => isEndpoint(URL.parse(value)), { error: urlError });

/** A password in it would end in logs. */
const isEndpoint = (parsed: URL | null): boolean =>
  parsed !== null && ["http:", "https:"].includes(parsed.protocol) && parsed.username === "" && parsed.password === "";

const typesError = "must be a list of notification types without repetition, or of * alone";
const types = z
  .array(oneOf(["*", ...notificationTypes]), { error: typesError })
  .min(1, { error: typesError })
  .refine((values) => new Set(values).size === values.length && (values.length === 1 || !values.includes("*")), {
    error: typesError,
  });

const companiesError = "must be a list of 1 to 1,000 company ids, or null for every company";
const companies = z
  .array(id, { error: companiesError })
  .min(1, { error: companiesError })
  .max(1_000, { error: companiesError });

const settings = {
  name: text(100),
  kind: z.literal("http", { error: "must be http" }),
  url,
  types,
  companies: companies.nullable(),
  audience: oneOf(audiences).describe("PEP, sanction and media results reach compliance alone"),
};

const newSubscriber = only({
  ...settings,
  kind: settings.kind.default("http"),
  types: settings.types.default(["*"]),
  companies: settings.companies.default(null),
  audience: settings.audience.default("operations"),
  reason: optionalReason,
});

const changes = only({
  name: settings.name.exactOptional(),
  kind: settings.kind.exactOptional(),
  url: settings.url.exactOptional(),
  types: settings.types.exactOptional(),
  companies: settings.companies.exactOptional(),
  audience: settings.audience.exactOptional(),
  reason,
}).refine((given) => Object.keys(given).length > 1, {
  error: "must name at least one field to change, beside the reason",
});

export const subscriber = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.literal("http"),
  url: z.string(),
  types: z.array(z.string()),
  companies: z.array(z.string()).nullable().describe("null: every company"),
  audience: z.enum(audiences),
  createdAt: isoTime,
});
const createdSubscriber = subscriber.extend({
  secret: z.string().describe("whsec_ and base64: signs every notification (Standard Webhooks). Shown this once"),
});

type Dependencies = Pick<ApiDependencies, "ledger" | "now">;

export function subscriberRoutes(app: OpsServer, dependencies: Dependencies): void {
  createSubscriber(app, dependencies);
  listSubscribers(app, dependencies);
  getSubscriber(app, dependencies);
  updateSubscriber(app, dependencies);
  removeSubscriber(app, dependencies);
}

function createSubscriber(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/subscribers",
    schema: {
      tags,
      operationId: "createSubscriber",
      summary: "Tell an endpoint from now on",
      body: newSubscriber,
      response: { 201: createdSubscriber, ...changeProblems },
    },
    handler: async (request, reply) => {
      const { reason, ...chosen } = request.body;
      const created = await ledger.subscribers.create(chosen, { actor: actorOf(request), reason, now: now() });
      return reply.code(201).header("location", `/api/subscribers/${created.id}`).send(created);
    },
  });
}

function listSubscribers(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/subscribers",
    schema: {
      tags,
      operationId: "listSubscribers",
      summary: "List subscribers, without their secrets",
      description: "Of a URL viewers see host and port alone: its path or query may be a secret.",
      response: { 200: z.object({ items: z.array(subscriber) }), ...readProblems },
    },
    handler: async ({ user }) => ({
      items: (await ledger.subscribers.list()).map((found) => subscriberFor(user, found)),
    }),
  });
}

function getSubscriber(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/subscribers/:id",
    schema: {
      tags,
      operationId: "getSubscriber",
      summary: "One subscriber, without its secret",
      params: byId,
      response: { 200: subscriber, ...readProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const found = (await ledger.subscribers.list()).find(({ id }) => id === request.params.id);
      if (found === undefined) throw noSuchSubscriber();
      return subscriberFor(request.user, found);
    },
  });
}

function updateSubscriber(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "PATCH",
    url: "/api/subscribers/:id",
    schema: {
      tags,
      operationId: "updateSubscriber",
      summary: "Change a subscriber; its secret stays",
      description:
        "What it was still to be told and is not told any more (other companies or types, an audience that is told less) is not sent and counts as failed, nor can it be redelivered.",
      params: byId,
      body: changes,
      response: { 200: subscriber, ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request) => {
      const { reason, ...changed } = request.body;
      const by = { actor: actorOf(request), reason, now: now() };
      const updated = await ledger.subscribers.update(request.params.id, changed, by);
      if (updated === null) throw noSuchSubscriber();
      return updated;
    },
  });
}

function removeSubscriber(app: OpsServer, { ledger, now }: Dependencies): void {
  app.route({
    method: "DELETE",
    url: "/api/subscribers/:id",
    schema: {
      tags,
      operationId: "removeSubscriber",
      summary: "Tell an endpoint nothing more",
      description: "What it was told stays on record.",
      params: byId,
      body: only({ reason }),
      response: { 204: z.undefined().describe("Removed"), ...changeProblems, ...problemResponses(404) },
    },
    handler: async (request, reply) => {
      const by = { actor: actorOf(request), reason: request.body.reason, now: now() };
      const removed = await ledger.subscribers.remove(request.params.id, by);
      if (!removed) throw noSuchSubscriber();
      return reply.code(204).send();
    },
  });
}
