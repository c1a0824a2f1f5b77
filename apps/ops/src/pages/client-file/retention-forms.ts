import formbody from "@fastify/formbody";
import type { Ledger } from "@receiver/ledger";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { eraseConfirmed } from "../../api/erase-confirmed.ts";
import { moment, reason, text, uuid } from "../../api/fields.ts";
import { actorOf } from "../../authentication/guard-routes.ts";
import { notFound } from "../../http/problem.ts";
import { parsedBy } from "../../http/zod-validation.ts";
import type { OpsServer } from "../../server.ts";

const holdForm = z.object({ reason, to: z.enum(["hold", "lift"], { error: "must be hold or lift" }) });
const relationshipForm = z.object({
  reason,
  closedAt: z
    .literal("")
    .transform(() => null)
    .or(moment),
});
const eraseForm = z.object({ reason, confirm: text(200) });

type Dependencies = { ledger: Ledger; now: () => Date };

/** What the forms of a file's page send. Operators only, like every address that changes something. */
export async function retentionForms(app: OpsServer, { ledger, now }: Dependencies): Promise<void> {
  const by = (request: FastifyRequest, given: { reason: string }) => ({
    actor: actorOf(request),
    reason: given.reason,
    now: now(),
  });
  const actions: Record<string, (id: string, request: FastifyRequest) => Promise<unknown>> = {
    "legal-hold": (id, request) => {
      const form = parsedBy(holdForm, request.body);
      const { hold, liftHold } = ledger.erasure;
      return (form.to === "hold" ? hold : liftHold)(id, by(request, form));
    },
    relationship: (id, request) => {
      const form = parsedBy(relationshipForm, request.body);
      return ledger.erasure.closeRelationship(id, { ...by(request, form), closedAt: form.closedAt });
    },
    erase: (id, request) => {
      const form = parsedBy(eraseForm, request.body);
      return eraseConfirmed(ledger, { id, confirm: form.confirm }, by(request, form));
    },
  };

  const pages: FastifyPluginAsync = async (scope) => {
    await scope.register(formbody);
    for (const [action, act] of Object.entries(actions)) {
      scope.post<{ Params: { id: string } }>(`/client-files/:id/${action}`, async (request, reply) => {
        const id = uuid.safeParse(request.params.id);
        if (!id.success || (await act(id.data, request)) === null) throw notFound("No client file");
        return reply.redirect(`/client-files/${id.data}`, 303);
      });
    }
  };
  await app.register(pages);
}
