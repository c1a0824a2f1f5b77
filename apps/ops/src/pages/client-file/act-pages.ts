import formbody from "@fastify/formbody";
import type { FastifyPluginAsync } from "fastify";
import { html } from "ghtml";
import { z } from "zod";
import { actOnFile, otherIdIn } from "../../api/act-on-file.ts";
import { uuid } from "../../api/fields.ts";
import { abandonBody, decideBody, linkBody, unlinkBody, withdrawBody } from "../../api/operator-act-schemas.ts";
import { actorOf } from "../../authentication/guard-routes.ts";
import { notFound } from "../../http/problem.ts";
import { parsedBy } from "../../http/zod-validation.ts";
import type { PublishWakeUps } from "../../publish-wake-ups.ts";
import type { OpsServer } from "../../server.ts";
import type { PageDependencies } from "../page-dependencies.ts";
import { sendPage } from "../send-page.ts";
import { type ActName, hidden } from "./act-forms.ts";
import { changeTable } from "./change-table.ts";

type Form = Record<string, unknown>;

/** The API's bodies, of which a form sends texts. */
const acts = {
  decide: (form) => {
    const { state, ...how } = parsedBy(decideBody, form);
    return { act: { kind: "decide", state }, how };
  },
  link: (form) => {
    const { version, reason, dryRun, ...given } = parsedBy(linkBody, form);
    const other = otherIdIn(given);
    if (other === null) throw notFound("No other file");
    return { act: { kind: "link", other }, how: { version, reason, dryRun } };
  },
  unlink: (form) => {
    const { version, reason, dryRun, ...given } = parsedBy(unlinkBody, form);
    return { act: { kind: "unlink", other: otherIdIn(given) }, how: { version, reason, dryRun } };
  },
  abandon: (form) => ({ act: { kind: "abandon" }, how: parsedBy(abandonBody, form) }),
  withdraw: (form) => {
    const { eventId, ...how } = parsedBy(withdrawBody, form);
    return { act: { kind: "withdraw", eventId }, how };
  },
} satisfies Record<ActName, (form: Form) => Parsed>;

type Parsed = {
  act: Parameters<typeof actOnFile>[2];
  how: { version: number; reason: string; dryRun: boolean };
};

const sent = z.record(z.string(), z.string());

type Dependencies = PageDependencies & { publish: PublishWakeUps; now: () => Date };

/**
 * What the forms of acts send. Operators only, like every address that changes something. The first time an act is shown as it would
 * be; `sure`, which that page alone sends, does it.
 */
export async function actPages(app: OpsServer, dependencies: Dependencies): Promise<void> {
  const { layout, now } = dependencies;
  const pages: FastifyPluginAsync = async (scope) => {
    await scope.register(formbody);
    for (const [name, read] of Object.entries(acts)) {
      scope.post<{ Params: { id: string } }>(`/client-files/:id/${name}`, async (request, reply) => {
        const id = uuid.safeParse(request.params.id);
        if (!id.success) throw notFound("No client file");
        const { sure, version, ...fields } = parsedBy(sent, request.body ?? {});
        const dryRun = sure !== "yes";
        const { act, how } = read({ ...fields, version: Number(version), dryRun });
        const done = await actOnFile(dependencies, id.data, act, { ...how, actor: actorOf(request), now: now() });
        if (!dryRun) return reply.redirect(`/client-files/${done.clientFileId}#operators`, 303);
        const body = preview({ id: id.data, name, fields: { ...fields, version: version ?? "" }, done });
        return sendPage(reply, layout({ title: "Look first", user: request.user, section: "Client files", body }));
      });
    }
  };
  await app.register(pages);
}

type Preview = {
  id: string;
  name: string;
  fields: Record<string, string>;
  done: Awaited<ReturnType<typeof actOnFile>>;
};

const preview = ({ id, name, fields, done }: Preview): string => html`<article>
  <p class="crumb"><a href="/client-files/${id}">Back to the file</a></p>
  <h1>${titles[name as ActName]}: <span class="aside">what would change</span></h1>
  !${done.repeated ? '<p class="nothing">It was done already: nothing would change.</p>' : changeTable(done.changes, done.files)}
  <p class="reason">Reason: ${fields.reason}</p>
  <form class="act-sure" method="post" action="/client-files/${id}/${name}">
    !${Object.entries(fields).map(([field, value]) => hidden(field, value))}!${hidden("sure", "yes")}
    <button>${titles[name as ActName]}</button> <a href="/client-files/${id}">Leave it as it is</a>
  </form>
  <p class="aside">Nothing has been changed so far. If the file changes in the meantime, this is refused, and you look again.</p>
</article>`;

const titles: Record<ActName, string> = {
  decide: "Decide",
  link: "Link",
  unlink: "Part",
  abandon: "Give up the open retries",
  withdraw: "Take back",
};
