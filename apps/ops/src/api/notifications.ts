import { notificationTypes } from "@receiver/contracts";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
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
      params: z.object({ id: notificationId }),
      body: only({ reason }),
      response: {
        202: z.object({ id: z.string(), status: z.literal("pending") }),
        ...changeProblems,
        ...problemResponses(404),
      },
    },
    handler: async (request, reply) => {
      const by = { actor: actorOf(request), reason: request.body.reason, now: now() };
      const wakeUp = await ledger.notifications.redeliver(request.params.id, by);
      if (wakeUp === null) throw notFound("No notification");
      await publish([wakeUp]);
      return reply.code(202).send({ id: wakeUp.id, status: "pending" });
    },
  });
}
