import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { code, deliveryLink, nothing, stateBadge, time, typeName } from "../parts.ts";

type Transition = ClientFileDetails["transitions"][number];
type Told = Pick<ClientFileDetails, "transitions" | "deliveries" | "openedAt" | "acts">;

/** How the file came to where it stands, in the order of the events: the cause of each step, when it occurred, when it was learned. */
export function timeline({ transitions, deliveries, openedAt, acts }: Told): string {
  const actors = new Map(acts.map(({ eventId, by }) => [eventId, by ?? "an operator"]));
  const types = new Map(deliveries.map(({ id, messageType }) => [id, messageType]));
  return html`<ol class="timeline">
    <li data-state="RECEIVED"><p>!${stateBadge("RECEIVED")}</p><p class="when">!${time(openedAt)}</p></li>
    !${transitions.map((transition) => step(transition, causeOf(transition.cause, types, actors)))}
  </ol>`;
}

function step({ to, occurredAt, recordedAt, version, reversal }: Transition, cause: string): string {
  return html`<li data-state="${to}">
    <p>!${stateBadge(to)} !${reversal ? '<span class="reversal">reverses a decision</span>' : ""}</p>
    <p class="when">!${time(occurredAt)}</p>
    <p class="cause">!${cause}</p>
    <p class="learned">learned !${time(recordedAt)} as version ${version}</p>
  </li>`;
}

type Names<T> = ReadonlyMap<string, T>;

/** A delivery has a page, an operator's act a place on this one; a registration is only an id. */
function causeOf(cause: string, types: Names<string | null>, actors: Names<string>): string {
  const type = types.get(cause);
  if (type !== undefined) return html`!${typeName(type)} !${deliveryLink(cause)}`;
  const actor = actors.get(cause);
  return actor === undefined
    ? html`<span>caused by</span> !${code(cause)}`
    : html`<a href="#${cause}">decided by ${actor}</a>`;
}

/** Every transition ever recorded, in the order in which it was learned. */
export function history(transitions: readonly Transition[]): string {
  if (transitions.length === 0) return nothing("Nothing has moved the file yet.");
  return html`<ol class="history">!${transitions.map(
    ({ version, from, to, occurredAt, recordedAt }) => html`<li>
      <span class="version">v${version}</span> !${stateBadge(from)} → !${stateBadge(to)}
      <span class="when">occurred !${time(occurredAt)}, learned !${time(recordedAt)}</span></li>`,
  )}</ol>`;
}
