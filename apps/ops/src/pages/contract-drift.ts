import type { DriftRecord } from "@receiver/ledger";
import { html } from "ghtml";
import { contractDriftQuery } from "../api/contract-drift.ts";
import { fieldNamesOf, problemsIn } from "../http/zod-validation.ts";
import type { OpsServer } from "../server.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import {
  type Column,
  code,
  deliveryLink,
  givenFields,
  nothing,
  pager,
  problemList,
  table,
  time,
  typeName,
} from "./parts.ts";
import { sendPage } from "./send-page.ts";

/** `/contract-drift`: what Danaya sends and the contract doesn't know, by name, newest first. */
export function contractDriftPage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  app.get("/contract-drift", async (request, reply) => {
    const given = givenFields(request.query);
    const query = contractDriftQuery.safeParse(given);
    const page = (rest: string) => {
      const body = html`<h1>Contract drift</h1>!${filterForm(given)}!${rest}`;
      return layout({ title: "Contract drift", user: request.user, section: "Contract drift", body });
    };
    if (!query.success) {
      return sendPage(reply.code(400), page(problemList(problemsIn(query.error, fieldNamesOf(contractDriftQuery)))));
    }
    const { items, nextCursor } = await ledger.drift.list(query.data);
    const list =
      items.length === 0 ? nothing("Nothing that the contract does not know.") : table(columns, items, "Drift");
    return sendPage(reply, page(list + pager("/contract-drift", given, nextCursor)));
  });
}

const columns: readonly Column<DriftRecord>[] = [
  { head: "First seen", cell: ({ firstSeenAt }) => time(firstSeenAt), className: "moment" },
  { head: "What", cell: ({ kind }) => html`${kind}` },
  { head: "Name", cell: ({ name }) => code(name), className: "lead" },
  { head: "Of", cell: ({ messageType }) => typeName(messageType) },
  { head: "Deliveries", cell: ({ count }) => html`${count}` },
  { head: "Last seen", cell: ({ lastSeenAt }) => time(lastSeenAt), className: "moment" },
  { head: "The first", cell: ({ deliveryId }) => deliveryLink(deliveryId) },
];

const filterForm = (
  given: Record<string, string>,
): string => html`<form class="filter" method="get" action="/contract-drift">
  <label><span>New since (2026-01-31)</span><input name="since" value="${given.since ?? ""}" autocomplete="off" spellcheck="false"></label>
  <div class="actions"><button>Filter</button> <a href="/contract-drift">Clear</a></div>
</form>`;
