import { notificationTypes } from "@receiver/contracts";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { HttpProblem, notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { cursorOf, isoTime, limitOf, notificationId, oneOf, only, pageOf, reason, uuid } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Notifications"];
const statuses = ["pending", "delivered", "failed"] as const;

const notificationQuery = only({
  subscriberId: uuid.optional(),
  clientFileId: uuid.optional(),
  type: oneOf(notificationTypes).optional(),
  status: oneOf(statuses).optional(),
  limit: limitOf(50),
  cursor: cursorOf(notificationId).optional(),
});

const attempt = z.object({
  at: isoTime,
  outcome: z.string().describe("delivered, retry or failed"),
  httpStatus: z.int().nullable(),
  code: z.string().nullable().describe("Why it failed"),
  latencyMs: z.int(),
});

export const notification = z.object({
  id: z.string(),
  subscriberId: z.uuid(),
  clientFileId: z.uuid().nullable(),
  version: z.int().nullable(),
  deliveryId: z.string().nullable(),
  type: z.string(),
  status: z.enum(statuses),
  createdAt: isoTime,
  nextAttemptAt: isoTime.nullable(),
  settledAt: isoTime.nullable(),
  attempts: z.array(attempt),
});

type Dependencies = Pick<ApiDependencies, "ledger" | "publish" | "now">;

const notForSubscriber = () =>
  new HttpProblem(
    409,
    "NOT_FOR_SUBSCRIBER",
    "It was written when its subscriber was told more (audience, companies or types). Let the subscriber read the client file instead; if it was narrowed by mistake, widen it again first",
  );

export function notificationRoutes(app: OpsServer, dependencies: Dependencies): void {
  listNotifications(app, dependencies);
  redeliverNotification(app, dependencies);
}

function listNotifications(app: OpsServer, { ledger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/notifications",
    schema: {
      tags,
      operationId: "listNotifications",
      summary: "List notifications with their attempts, newest first",
      querystring: notificationQuery,
      response: { 200: pageOf(notification), ...readProblems, ...problemResponses(400) },
    },
    handler: async (request) => ledger.notifications.list(request.query),
  });
}

function redeliverNotification(app: OpsServer, { ledger, publish, now }: Dependencies): void {
  app.route({
    method: "POST",
    url: "/api/notifications/:id/redeliver",
    schema: {
      tags,
      operationId: "redeliverNotification",
      summary: "Send a notification once more, under the same id",
      description: "Only what its subscriber is told now: 409 NOT_FOR_SUBSCRIBER, where it was narrowed since.",
      params: z.object({ id: notificationId }),
      body: only({ reason }),
      response: {
        202: z.object({ id: z.string(), status: z.literal("pending") }),
        ...changeProblems,
        ...problemResponses(404, 409),
      },
    },
    handler: async (request, reply) => {
      const by = { actor: actorOf(request), reason: request.body.reason, now: now() };
      const redelivery = await ledger.notifications.redeliver(request.params.id, by);
      if (redelivery.kind === "not-found") throw notFound("No notification");
      if (redelivery.kind === "not-for-subscriber") throw notForSubscriber();
      const { wakeUp } = redelivery;
      await publish([wakeUp]);
      return reply.code(202).send({ id: wakeUp.id, status: "pending" });
    },
  });
}
