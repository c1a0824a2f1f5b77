import type { DeliverySummary } from "@receiver/ledger";
import { errorCodes } from "@receiver/runtime";
import { html } from "ghtml";
import { type DeliveryStatus, deliveryQuery } from "../api/delivery-schemas.ts";
import { fieldNamesOf, problemsIn } from "../http/zod-validation.ts";
import type { OpsServer } from "../server.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import {
  type Column,
  datedBadge,
  deliveryLink,
  givenFields,
  nothing,
  orDash,
  pager,
  problemList,
  statusBadge,
  table,
  time,
  typeName,
} from "./parts.ts";
import { sendPage } from "./send-page.ts";

/** What needs somebody comes first. */
const USUAL_STATUS = "quarantined";

/** `/deliveries`: those that could not be applied, with why; the others behind their tabs. */
export function deliveriesPage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  app.get("/deliveries", async (request, reply) => {
    const given = { status: USUAL_STATUS, ...givenFields(request.query) };
    const { status, ...others } = given;
    const page = (rest: string) => {
      const body = html`<h1>Deliveries</h1>!${tabs(given)}!${findForm(given)}!${rest}`;
      return layout({ title: "Deliveries", user: request.user, section: "Deliveries", body });
    };
    const query = deliveryQuery.safeParse(status === ALL ? others : given);
    if (!query.success) {
      return sendPage(reply.code(400), page(problemList(problemsIn(query.error, fieldNamesOf(deliveryQuery)))));
    }
    const { items, nextCursor } = await ledger.deliveries.list(query.data);
    const list =
      items.length === 0
        ? nothing(emptyTexts[status] ?? "No delivery matches.")
        : table(columnsOf(status), items, "Deliveries");
    return sendPage(reply, page(list + pager("/deliveries", given, nextCursor)));
  });
}

const emptyTexts: Record<string, string> = {
  pending: "No delivery waits to be applied.",
  applied: "No applied delivery matches.",
  failed: "No delivery has failed.",
  quarantined: "No delivery is in quarantine: all that came could be read.",
};

const ALL = "all";
const tabOrder = ["quarantined", "failed", "pending", "applied", ALL] as const satisfies (
  | DeliveryStatus
  | typeof ALL
)[];

const tabs = ({ status, q = "", companyId = "" }: Record<string, string>): string => {
  const found = Object.entries({ q, companyId }).filter(([, value]) => value !== "");
  const linkTo = (tab: string) => `/deliveries?${new URLSearchParams([["status", tab], ...found])}`;
  return html`<nav class="links tabs" aria-label="Status">!${tabOrder.map(
    (tab) => html`<a href="${linkTo(tab)}" !${tab === status ? 'aria-current="page"' : ""}>${tab}</a>`,
  )}</nav>`;
};

const findForm = ({
  status,
  q = "",
  companyId = "",
}: Record<string, string>): string => html`<form class="filter find" method="get" action="/deliveries">
  <input type="hidden" name="status" value="${status}">
  <label><span>Delivery id begins with</span><input name="q" value="${q}" autocomplete="off" spellcheck="false"></label>
  <label><span>Company</span><input name="companyId" value="${companyId}" autocomplete="off" spellcheck="false"></label>
  <div class="actions"><button>Find</button> <a href="/deliveries?status=${status}">Clear</a></div>
</form>`;

/** Behind a tab all have the same status. */
const columnsOf = (tab: string) => (tab === ALL ? [statusColumn, ...columns] : columns);

const statusColumn: Column<DeliverySummary> = { head: "Status", cell: ({ status }) => statusBadge(status) };

const columns: readonly Column<DeliverySummary>[] = [
  { head: "Delivery", cell: ({ id }) => deliveryLink(id), className: "lead" },
  { head: "Message", cell: ({ messageType }) => typeName(messageType), className: "lead" },
  { head: "Company", cell: ({ companyId }) => html`${orDash(companyId)}` },
  { head: "Why", cell: whyCell, className: "wide" },
  { head: "Seen", cell: ({ sightings }) => html`${sightings} ×`, className: "number" },
  { head: "Received", cell: receivedCell, className: "moment" },
];

function receivedCell({ receivedAt, dated }: DeliverySummary): string {
  return time(receivedAt) + datedBadge(dated);
}

/** The rules that were broken, or the failure's code and what it means. */
export function whyCell({ problems, errorCode, attempts }: DeliverySummary): string {
  const reasons = problems.map(({ path, message }) => html`<li><code>${path || "body"}</code> ${message}</li>`);
  if (errorCode !== null) {
    reasons.push(html`<li><code>${errorCode}</code> ${meaningOf(errorCode)} (attempts: ${attempts})</li>`);
  }
  return reasons.length === 0 ? "–" : html`<ul class="why">!${reasons}</ul>`;
}

const meaningOf = (code: string): string =>
  Object.hasOwn(errorCodes, code) ? errorCodes[code as keyof typeof errorCodes].meaning : "";
