import type { Conflict, Ledger, Tie } from "@receiver/ledger";
import { html } from "ghtml";
import { uuid } from "../../api/fields.ts";
import { actorOf } from "../../authentication/guard-routes.ts";
import { notFound } from "../../http/problem.ts";
import type { OpsServer } from "../../server.ts";
import type { PageDependencies } from "../page-dependencies.ts";
import { sendPage } from "../send-page.ts";
import { type Choices, claimColumns, sideColumns, tieList } from "./conflict-parts.ts";

type Dependencies = PageDependencies & { now: () => Date };

/** `/client-files/:id/conflict`: what contradicts what, each side's story beside the other's, and what each choice would do. */
export function conflictPage(app: OpsServer, { ledger, layout, now }: Dependencies): void {
  app.get<{ Params: { id: string } }>("/client-files/:id/conflict", async (request, reply) => {
    const id = uuid.safeParse(request.params.id);
    const conflict = id.success ? await ledger.operators.conflict(id.data, now()) : null;
    if (conflict === null) throw notFound("No client file");
    const { user } = request;
    const choices = user?.role === "operator" ? await foretell(ledger, conflict, actorOf(request), now()) : null;
    const body = bodyOf(conflict, choices);
    return sendPage(reply, layout({ title: "Contradiction", user, section: "Client files", body }));
  });
}

/** Dry runs, one after the other: each takes the file's locks for a moment. */
async function foretell(ledger: Ledger, conflict: Conflict, actor: string, now: Date): Promise<Choices> {
  const { clientFileId, version } = conflict;
  const how = { actor, reason: "a look at what it would do", now, version, dryRun: true };
  const choices: Choices = { decide: new Map(), part: new Map() };
  for (const state of ["APPROVED", "REJECTED"] as const) {
    choices.decide.set(state, await ledger.operators.act(clientFileId, { kind: "decide", state }, how));
  }
  for (const tie of conflict.ties.filter(({ parted }) => !parted).slice(0, TIES_FORETOLD)) {
    const other = otherEnd(conflict, tie);
    if (other) choices.part.set(tie, await ledger.operators.act(clientFileId, { kind: "unlink", other }, how));
  }
  return choices;
}

const TIES_FORETOLD = 6;

/** Of a tie the id that the file doesn't hold; its own number where it holds both. */
function otherEnd({ clientFileId, sides }: Conflict, { fileUuid, fileNumber }: Tie) {
  const isOwn = (space: string, id: string) =>
    sides.some((side) => side.space === space && side.id === id && side.clientFileId === clientFileId);
  if (isOwn("uuid", fileUuid)) return { fileNumber };
  return isOwn("number", fileNumber) ? { fileUuid } : null;
}

function bodyOf(conflict: Conflict, choices: Choices | null): string {
  const { clientFileId, flagged, claims, ties } = conflict;
  return html`<article class="conflict">
    <p class="crumb"><a href="/client-files/${clientFileId}">Back to the file</a></p>
    <h1>${flagged ? "What contradicts what" : "Who says what"}</h1>
    !${claims.length === 0 ? "" : html`<section><h2>Who names which decision</h2>!${claimColumns(conflict, choices)}</section>`}
    <section><h2>What each id tells by itself</h2>!${sideColumns(conflict)}</section>
    !${ties.length === 0 ? "" : html`<section><h2>What ties them</h2>!${tieList(conflict, choices)}</section>`}
  </article>`;
}
