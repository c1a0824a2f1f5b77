import type { DeliveryDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { deliveryId } from "../api/fields.ts";
import { notFound } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import { whyCell } from "./deliveries.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { code, datedBadge, orDash, statusBadge, time, typeName } from "./parts.ts";
import { sendPage } from "./send-page.ts";

/** `/deliveries/:id`: what became of one delivery. Never its body. */
export function deliveryPage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  app.get<{ Params: { id: string } }>("/deliveries/:id", async (request, reply) => {
    const id = deliveryId.safeParse(request.params.id);
    const delivery = id.success ? await ledger.deliveries.get(id.data) : null;
    if (delivery === null) throw notFound("No delivery");
    const { user } = request;
    return sendPage(reply, layout({ title: "Delivery", user, section: "Deliveries", body: bodyOf(delivery) }));
  });
}

function bodyOf(delivery: DeliveryDetails): string {
  const { seenAgainAt, errorFrames } = delivery;
  return html`<header class="file-head">
    <p class="crumb"><a href="/deliveries?status=${delivery.status}">Deliveries</a></p>
    <h1><span class="aside">Delivery</span> ${delivery.id.slice(0, 12)}…</h1>
    <p>!${statusBadge(delivery.status)}!${datedBadge(delivery.dated)}</p>
    !${facts(delivery)}
  </header>
  <section><h2>Why</h2>!${whyCell(delivery)}</section>
  !${errorFrames.length === 0 ? "" : html`<section><h2>Where it failed</h2><pre>${errorFrames.join("\n")}</pre></section>`}
  <section><h2>Seen again</h2>
    !${seenAgainAt.length === 0 ? '<p class="nothing">Not so far.</p>' : html`<ul>!${seenAgainAt.map((at) => html`<li>!${time(at)}</li>`)}</ul>`}
  </section>`;
}

function facts(delivery: DeliveryDetails): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Message", typeName(delivery.messageType)],
    ["Company", html`${orDash(delivery.companyId)}`],
    ["Answered", html`${delivery.disposition}`],
    ["Received", time(delivery.receivedAt)],
    ["Last seen", time(delivery.lastSeenAt)],
    ["Seen", html`${delivery.sightings} ×`],
    ["Attempts", html`${delivery.attempts}`],
    ["Epoch", html`${delivery.epoch}`],
    ["Settled", delivery.settledAt === null ? "–" : time(delivery.settledAt)],
    ["Size", html`${delivery.sizeBytes === null ? "erased" : `${delivery.sizeBytes} bytes`}`],
    ["Id", code(delivery.id)],
  ];
  return html`<dl class="facts">!${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>!${value}</dd></div>`)}</dl>`;
}
