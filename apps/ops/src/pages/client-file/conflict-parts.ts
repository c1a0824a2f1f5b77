import type { ActOutcome, Conflict, Side, Tie } from "@receiver/ledger";
import { html } from "ghtml";
import { code, deliveryLink, flagBadge, nothing, orDash, stateBadge, time, typeName } from "../parts.ts";
import { actForm, decisionWords, hidden } from "./act-forms.ts";
import { fileNameIn } from "./change-table.ts";

type Claim = Conflict["claims"][number];
type Story = NonNullable<Side["story"]>;

/** What each choice would do. */
export type Choices = { decide: Map<"APPROVED" | "REJECTED", ActOutcome>; part: Map<Tie, ActOutcome> };

const sourceWords: Record<string, string> = {
  STATUS: "a status message",
  FLAT: "a flat message",
  GET: "Danaya's API, asked by us",
  OPERATOR: "an operator",
  LINK: "an operator linked them",
  UNLINK: "an operator parted them",
};

const standingWords: Record<Claim["standing"], string> = {
  counts: "",
  "future-dated": "dated in the future",
  contradicted: "contradicted in its second",
  resent: "sent before with the same content",
};

/** A column per state that somebody names, and what deciding so would do. */
export function claimColumns(conflict: Conflict, choices: Choices | null): string {
  const states = [...new Set(conflict.claims.map(({ state }) => state))].sort();
  return html`<div class="sides">!${states.map((state) => {
    const claims = conflict.claims.filter((claim) => claim.state === state);
    return html`<div class="side"><h3>!${stateBadge(state)}</h3>
      <ul class="said">!${claims.map(claimed)}</ul>
      !${isChoice(state) && choices ? decideChoice(conflict, state, choices.decide.get(state)) : ""}</div>`;
  })}</div>`;
}

const isChoice = (state: string): state is "APPROVED" | "REJECTED" => state === "APPROVED" || state === "REJECTED";

const claimed = ({ eventId, source, occurredAt, standing }: Claim): string => html`<li>
  ${sourceWords[source] ?? source}, !${time(occurredAt)} !${eventLink(eventId)}
  !${standing === "counts" ? "" : html`<span class="flag">${standingWords[standing]}</span>`}</li>`;

const eventLink = (eventId: string): string => (/^[0-9a-f]{40}$/.test(eventId) ? deliveryLink(eventId) : "");

function decideChoice(conflict: Conflict, state: "APPROVED" | "REJECTED", foretold: ActOutcome | undefined): string {
  const { clientFileId: id, version } = conflict;
  const inputs = hidden("state", state);
  return html`<h4>If you decide so</h4>!${wouldDo(foretold)}
    !${actForm({ file: { id, version }, act: "decide", inputs, button: html`${decisionWords[state]}: look first` })}`;
}

/** The story of each id, as if it were tied to no other. */
export function sideColumns({ sides, clientFileId }: Conflict): string {
  return html`<div class="sides">!${sides.map((side) => sideColumn(side, clientFileId))}</div>`;
}

function sideColumn({ space, id, clientFileId, story }: Side, here: string): string {
  const where =
    clientFileId === null || clientFileId === here ? "" : html` <a href="/client-files/${clientFileId}">its file</a>`;
  return html`<div class="side"><h3>${space === "uuid" ? "Upload" : "File"} !${code(id)}!${where}</h3>
    !${story === null ? nothing("Nothing is told under it alone: it was only seen beside another id.") : told(story)}</div>`;
}

function told({ state, flags, externalId, path, documentTypes, deliveries }: Story): string {
  return html`<p>!${stateBadge(state)} <span class="flags">!${flags.map(flagBadge)}</span></p>
    <dl class="facts"><div><dt>External id</dt><dd>${orDash(externalId)}</dd></div>
      <div><dt>Documents</dt><dd>${documentTypes.join(", ") || "–"}</dd></div></dl>
    !${path.length === 0 ? "" : html`<ol class="said">!${path.map(({ to, occurredAt }) => html`<li>!${stateBadge(to)} !${time(occurredAt)}</li>`)}</ol>`}
    <h4>Deliveries</h4>
    !${deliveries.length === 0 ? nothing("None.") : html`<ul class="said">!${deliveries.map(delivery)}</ul>`}`;
}

const delivery = ({ id, messageType, occurredAt }: Story["deliveries"][number]): string =>
  html`<li>!${typeName(messageType)} !${deliveryLink(id)} !${time(occurredAt)}</li>`;

/** Who says that two ids are one file, and what parting them would do. */
export function tieList(conflict: Conflict, choices: Choices | null): string {
  return html`<div class="sides">!${conflict.ties.map((tie) => tieColumn(conflict, tie, choices))}</div>`;
}

function tieColumn(conflict: Conflict, tie: Tie, choices: Choices | null): string {
  const { fileUuid, fileNumber, parted, tiedBy, byExternalId } = tie;
  const foretold = choices?.part.get(tie);
  return html`<div class="side"><h3>Upload !${code(fileUuid)} and file !${code(fileNumber)}
    !${parted ? '<span class="flag">parted by an operator</span>' : ""}</h3>
    !${byExternalId === null ? "" : html`<p>Both bear the external id <strong>${byExternalId}</strong>, and nobody else does.</p>`}
    <ul class="said">!${tiedBy.map(({ eventId, source, occurredAt }) => html`<li>${sourceWords[source] ?? source}, !${time(occurredAt)} !${eventLink(eventId)}</li>`)}</ul>
    !${foretold === undefined ? "" : partChoice(conflict, tie, foretold)}</div>`;
}

function partChoice({ clientFileId: id, version, sides }: Conflict, tie: Tie, foretold: ActOutcome): string {
  const holdsUuid = sides.some((side) => side.space === "uuid" && side.id === tie.fileUuid && side.clientFileId === id);
  const inputs = holdsUuid ? hidden("fileNumber", tie.fileNumber) : hidden("fileUuid", tie.fileUuid);
  return html`<h4>If you part them</h4>!${wouldDo(foretold)}
    !${actForm({ file: { id, version }, act: "unlink", inputs, button: "Part them: look first" })}`;
}

/** Each file as it would be then: what one that comes back was before it was merged is no comparison. */
function wouldDo(outcome: ActOutcome | undefined): string {
  if (outcome?.kind !== "done") return nothing("It can't be done now: look at the file again.");
  const changes = outcome.changes.filter(({ changed }) => changed);
  if (changes.length === 0) return nothing("Nothing would change.");
  const holding = new Map(outcome.files.map((file) => [file.clientFileId, file]));
  return html`<ul class="said">!${changes.map(
    ({ clientFileId, state, flags }) => html`<li><strong>${fileNameIn(holding.get(clientFileId))}</strong>
      is !${stateBadge(state.after)} <span class="flags">!${flags.after.map(flagBadge)}</span></li>`,
  )}</ul>`;
}
