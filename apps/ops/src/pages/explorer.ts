import { clientFileStates, flags } from "@receiver/contracts";
import type { ClientFileSummary } from "@receiver/ledger";
import { html } from "ghtml";
import { clientFileQuery } from "../api/client-files.ts";
import { fieldNamesOf, problemsIn } from "../http/zod-validation.ts";
import type { OpsServer } from "../server.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import {
  type Column,
  code,
  flagBadge,
  givenFields,
  nothing,
  orDash,
  pager,
  problemList,
  stateBadge,
  table,
  time,
} from "./parts.ts";
import { sendPage } from "./send-page.ts";
import { stateWord } from "./words.ts";

/** `/`: client files, newest event first, with a form that filters them. */
export function explorerPage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  const render = (user: Parameters<typeof layout>[0]["user"], parts: readonly string[]) =>
    layout({ title: "Client files", user, section: "Client files", body: parts.join("") });

  app.get("/", async (request, reply) => {
    const given = givenFields(request.query);
    const query = clientFileQuery.safeParse(given);
    const intro = html`<h1>Client files</h1>`;
    if (!query.success) {
      const problems = problemList(problemsIn(query.error, fieldNamesOf(clientFileQuery)));
      return sendPage(reply.code(400), render(request.user, [intro, filterForm(given), problems]));
    }
    const { items, nextCursor } = await ledger.clientFiles.list(query.data);
    const list = items.length === 0 ? nothing(emptyText(given)) : table(columns, items, "Client files");
    return sendPage(reply, render(request.user, [intro, filterForm(given), list, pager("/", given, nextCursor)]));
  });
}

const emptyText = (given: Record<string, string>): string =>
  Object.keys(given).length > 0
    ? "No client file matches."
    : "No client file yet: the first one appears with the first delivery, or when an upload is registered.";

const columns: readonly Column<ClientFileSummary>[] = [
  { head: "State", cell: ({ state }) => stateBadge(state), className: "lead" },
  { head: "File", cell: fileCell, className: "lead wide" },
  { head: "Company", cell: ({ companyId }) => html`${companyId}` },
  { head: "Kind", cell: ({ kind }) => html`${kind}` },
  { head: "Flags", cell: ({ flags }) => flagList(flags) },
  { head: "Score", cell: ({ score }) => html`${orDash(score)}`, className: "number" },
  { head: "Last event", cell: ({ lastEventAt }) => time(lastEventAt), className: "moment" },
];

const flagList = (raised: ClientFileSummary["flags"]): string =>
  raised.length === 0 ? "" : html`<span class="flags">!${raised.map(flagBadge)}</span>`;

function fileCell({ id, fileNumber, fileUuid, externalId }: ClientFileSummary): string {
  const name = fileNumber ?? fileUuid ?? id;
  return html`<a class="file" href="/client-files/${id}">!${fileNumber === null ? code(name) : html`${name}`}</a>
    !${externalId === null ? "" : html`<span class="external">${externalId}</span>`}
    !${fileUuid === null || fileUuid === name ? "" : code(fileUuid)}`;
}

const filterForm = (given: Record<string, string>): string => html`<form class="filter" method="get" action="/">
  !${textField("companyId", "Company", given)}
  !${textField("fileNumber", "File number", given)}
  !${textField("fileUuid", "Upload uuid", given)}
  !${textField("externalId", "External id", given)}
  !${choice({ name: "state", label: "State", values: clientFileStates, word: stateWord }, given)}
  !${choice({ name: "flag", label: "Flag", values: flags, word: (flag) => flag }, given)}
  <div class="actions"><button>Filter</button> <a href="/">Clear</a></div>
</form>`;

const textField = (name: string, label: string, given: Record<string, string>): string =>
  html`<label><span>${label}</span><input name="${name}" value="${given[name] ?? ""}" autocomplete="off" spellcheck="false"></label>`;

type Choice = { name: string; label: string; values: readonly string[]; word: (value: string) => string };

const choice = ({ name, label, values, word }: Choice, given: Record<string, string>): string =>
  html`<label><span>${label}</span><select name="${name}">
    <option value="">any</option>
    !${values.map(
      (value) => html`<option value="${value}" !${value === given[name] ? "selected" : ""}>${word(value)}</option>`,
    )}
  </select></label>`;
