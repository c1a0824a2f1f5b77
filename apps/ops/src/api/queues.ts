import { type QueueName, queueNames } from "@receiver/queues";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { oneOf, optionalOnly, optionalReason } from "./fields.ts";
import { changeProblems, problemResponses, readProblems } from "./problem-responses.ts";

const tags = ["Queues"];
const names = queueNames as [QueueName, ...QueueName[]];

export const queue = z.object({
  name: z.enum(names),
  waiting: z.int(),
  active: z.int(),
  delayed: z.int(),
  failed: z.int(),
  completed: z.int(),
  paused: z.boolean(),
  oldestWaitingSeconds: z.number(),
});
const pauseState = z.object({
  name: z.enum(names),
  paused: z.boolean(),
  effective: z.boolean().describe("false while the queues' store is away: the sweeper makes it so when it is back"),
});

type Dependencies = Pick<ApiDependencies, "ledger" | "producer" | "logger">;

export function queueRoutes(app: OpsServer, { ledger, producer, logger }: Dependencies): void {
  app.route({
    method: "GET",
    url: "/api/queues",
    schema: {
      tags,
      operationId: "listQueues",
      summary: "What waits in each queue",
      response: { 200: z.object({ items: z.array(queue) }), ...readProblems },
    },
    handler: async () => {
      const paused = new Set(await ledger.pauses.list());
      const items = names.map(async (name) => ({ name, paused: paused.has(name), ...(await producer.counts(name)) }));
      return { items: await Promise.all(items) };
    },
  });

  for (const { action, summary, paused } of actions) {
    app.route({
      method: "POST",
      url: `/api/queues/:name/${action}`,
      schema: {
        tags,
        operationId: `${action}Queue`,
        summary,
        description: "The row in Postgres is the record; emptying Redis doesn't undo it.",
        params: z.object({ name: oneOf(names) }),
        body: optionalOnly({ reason: optionalReason }),
        response: { 200: pauseState, 202: pauseState, ...changeProblems, ...problemResponses(404) },
      },
      handler: async (request, reply) => {
        const { name } = request.params;
        await ledger.pauses[action](name, actorOf(request), request.body.reason);
        try {
          await producer[action](name);
        } catch (err) {
          logger.warn({ event: "queue-pause-not-effective", queue: name, kind: action, err });
          return reply.code(202).send({ name, paused, effective: false });
        }
        return { name, paused, effective: true };
      },
    });
  }
}

const actions = [
  { action: "pause", summary: "Hold a queue for every worker", paused: true },
  { action: "resume", summary: "Let a queue go on", paused: false },
] as const;
