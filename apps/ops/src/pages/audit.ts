import type { Answer, Ledger } from "@receiver/ledger";
import { html } from "ghtml";
import { auditQuery } from "../api/audit.ts";
import { fieldNamesOf, problemsIn } from "../http/zod-validation.ts";
import type { OpsServer } from "../server.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { type Column, givenFields, nothing, orDash, pager, problemList, table, time } from "./parts.ts";
import { sendPage } from "./send-page.ts";

/** `/audit`: who did what and why, newest first. */
export function auditPage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  app.get("/audit", { config: { access: "operator" } }, async (request, reply) => {
    const given = givenFields(request.query);
    const query = auditQuery.safeParse(given);
    const page = (rest: string) => {
      const body = html`<h1>Audit</h1>!${filterForm(given)}!${rest}`;
      return layout({ title: "Audit", user: request.user, section: "Audit", body });
    };
    if (!query.success) {
      return sendPage(reply.code(400), page(problemList(problemsIn(query.error, fieldNamesOf(auditQuery)))));
    }
    const { items, nextCursor } = await ledger.audit.list(query.data);
    const list = items.length === 0 ? nothing("Nothing matches.") : table(columns, items, "Audit");
    return sendPage(reply, page(list + pager("/audit", given, nextCursor)));
  });
}

type AuditRecord = Answer<Ledger["audit"]["list"]>["items"][number];

const columns: readonly Column<AuditRecord>[] = [
  { head: "When", cell: ({ at }) => time(at), className: "moment" },
  { head: "Who", cell: ({ actor }) => html`<strong>${actor}</strong>`, className: "lead" },
  { head: "What", cell: ({ action }) => html`${action}` },
  { head: "Of", cell: ({ target }) => html`<code>${target}</code>`, className: "wide" },
  { head: "Why", cell: ({ reason }) => html`${orDash(reason)}`, className: "wide" },
  { head: "Detail", cell: detailCell, className: "wide" },
];

function detailCell({ detail }: AuditRecord): string {
  return detail === null ? "–" : html`<code>${JSON.stringify(detail)}</code>`;
}

const filterForm = (given: Record<string, string>): string => html`<form class="filter" method="get" action="/audit">
  !${field("actor", "Who", given)}
  !${field("action", "What", given)}
  !${field("target", "Of", given)}
  !${field("from", "From (2026-01-31)", given)}
  !${field("to", "Until", given)}
  <div class="actions"><button>Filter</button> <a href="/audit">Clear</a></div>
</form>`;

const field = (name: string, label: string, given: Record<string, string>): string =>
  html`<label><span>${label}</span><input name="${name}" value="${given[name] ?? ""}" autocomplete="off" spellcheck="false"></label>`;
