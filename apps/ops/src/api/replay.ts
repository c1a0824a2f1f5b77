import type { ReplaySelection } from "@receiver/ledger";
import { z } from "zod";
import { actorOf } from "../authentication/guard-routes.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { replayDryRun, replayed, replayFilter } from "./delivery-schemas.ts";
import { bodyLimitOf, cursorOf, deliveryId, only, optionalOnly, optionalReason } from "./fields.ts";
import { changeProblems, problemResponses } from "./problem-responses.ts";

const tags = ["Deliveries"];
const description =
  "A dry run applies everything in a transaction, tells which files would change, and rolls back. It ends after 3 seconds, so as not to hold up these files: nextCursor then says so. Replaying what was applied before is safe.";
const how = {
  dryRun: z.boolean({ error: "must be true or false" }).default(false),
  reason: optionalReason,
};
const responses = { 200: replayDryRun, 202: replayed, ...changeProblems };

type Dependencies = Pick<ApiDependencies, "ledger" | "publish" | "now">;

export function replayRoutes(app: OpsServer, { ledger, publish, now }: Dependencies): void {
  const tell = async (selection: ReplaySelection) => ({
    dryRun: true as const,
    ...(await ledger.deliveries.dryRunReplay(selection, now())),
  });
  const send = async (selection: ReplaySelection, by: { actor: string; reason: string | null }) => {
    const { wakeUps, ...plan } = await ledger.deliveries.replay(selection, by);
    await publish(wakeUps);
    return { dryRun: false as const, ...plan };
  };

  app.route({
    method: "POST",
    url: "/api/deliveries/:id/replay",
    schema: {
      tags,
      operationId: "replayDelivery",
      summary: "Apply one delivery once more",
      description,
      params: z.object({ id: deliveryId }),
      body: optionalOnly(how),
      response: { ...responses, ...problemResponses(404) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if ((await ledger.deliveries.get(id)) === null) throw notFound("No delivery");
      if (request.body.dryRun) return tell({ id });
      return reply.code(202).send(await send({ id }, { actor: actorOf(request), reason: request.body.reason }));
    },
  });

  app.route({
    method: "POST",
    url: "/api/deliveries/replay",
    schema: {
      tags,
      operationId: "replayDeliveries",
      summary: "Apply the deliveries that match a filter once more, oldest first",
      description,
      body: only({ filter: replayFilter, limit: bodyLimitOf(100), cursor: cursorOf(deliveryId).optional(), ...how }),
      response: responses,
    },
    handler: async (request, reply) => {
      const { filter, limit, cursor, dryRun, reason } = request.body;
      if (dryRun) return tell({ filter, limit, cursor });
      return reply.code(202).send(await send({ filter, limit, cursor }, { actor: actorOf(request), reason }));
    },
  });
}
