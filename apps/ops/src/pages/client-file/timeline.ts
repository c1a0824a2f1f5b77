import type { ClientFileDetails, Transition } from "@receiver/ledger";
import { html } from "ghtml";
import { code, deliveryLink, nothing, stateBadge, time, typeName } from "../parts.ts";

type Told = Pick<ClientFileDetails, "transitions" | "deliveries" | "openedAt">;

/** How the file came to where it stands, in the order of the events: the cause of each step, when it occurred, when it was learned. */
export function timeline({ transitions, deliveries, openedAt }: Told): string {
  const types = new Map(deliveries.map(({ id, messageType }) => [id, messageType]));
  return html`<ol class="timeline">
    <li data-state="RECEIVED"><p>!${stateBadge("RECEIVED")}</p><p class="when">!${time(openedAt)}</p></li>
    !${transitions.map((transition) => step(transition, types.get(transition.cause)))}
  </ol>`;
}

function step(transition: Transition, messageType: string | null | undefined): string {
  const { to, occurredAt, recordedAt, version, reversal } = transition;
  return html`<li data-state="${to}">
    <p>!${stateBadge(to)} !${reversal ? '<span class="reversal">reverses a decision</span>' : ""}</p>
    <p class="when">!${time(occurredAt)}</p>
    <p class="cause">!${causeOf(transition, messageType)}</p>
    <p class="learned">learned !${time(recordedAt)} as version ${version}</p>
  </li>`;
}

/** A delivery has a page; a registration is only an id. */
const causeOf = ({ cause }: Transition, messageType: string | null | undefined): string =>
  messageType === undefined
    ? html`<span>caused by</span> !${code(cause)}`
    : html`!${typeName(messageType)} !${deliveryLink(cause)}`;

/** Every transition ever recorded, in the order in which it was learned. */
export function history(transitions: readonly Transition[]): string {
  if (transitions.length === 0) return nothing("Nothing has moved the file yet.");
  return html`<ol class="history">!${transitions.map(
    ({ version, from, to, occurredAt, recordedAt }) => html`<li>
      <span class="version">v${version}</span> !${stateBadge(from)} → !${stateBadge(to)}
      <span class="when">occurred !${time(occurredAt)}, learned !${time(recordedAt)}</span></li>`,
  )}</ol>`;
}
