import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { retentionFor, type ShownRetention } from "../../api/retention-for.ts";
import type { User } from "../../authentication/user-list.ts";
import { code, time } from "../parts.ts";

type Retention = ClientFileDetails["retention"];

/** One word each, beside the state. Nothing for a file of which nothing was said. */
export function retentionBadges({ erased, contentKept, holds, relationshipClosedAt }: Retention): string {
  const words = [
    ...(erased === null ? [] : [contentKept ? "partly erased" : "erased"]),
    ...(holds.length === 0 ? [] : ["held"]),
    ...(relationshipClosedAt === null ? [] : ["closed"]),
  ];
  return html`!${words.map((word) => html` <span class="flag">${word}</span>`)}`;
}

/** What is kept of a file and for how long; operators change it here. */
export function retentionSection(file: ClientFileDetails, user: User | null): string {
  return html`<section><h2>Retention</h2>
    <ul class="flag-list">!${sentencesOf(retentionFor(user, file.retention)).map((sentence) => html`<li>!${sentence}</li>`)}</ul>
    !${user?.role === "operator" ? forms(file) : ""}
  </section>`;
}

function sentencesOf({ erased, contentKept, holds, relationshipClosedAt }: ShownRetention): string[] {
  return [
    contentKept ? "Bodies of its deliveries are kept." : "No body of its deliveries is kept.",
    ...(erased === null ? [] : [html`Erased !${time(erased.at)}${erased.by === null ? "" : ` by ${erased.by}`}.`]),
    ...(erased !== null && contentKept ? ["What is kept came under another id: erase it once more."] : []),
    ...holds.map(
      ({ since, by, reason, clientFileId }) =>
        html`Held since !${time(since)} by ${by}${reason === null ? "" : `: ${reason}`} (file !${code(clientFileId)})`,
    ),
    relationshipClosedAt === null
      ? "No closing date: kept for ever."
      : html`Relationship closed !${time(relationshipClosedAt)}.`,
  ];
}

const reasonField =
  '<label><span>Reason, for the audit: no names</span><input name="reason" maxlength="500" autocomplete="off" required></label>';

function forms({ id, retention }: ClientFileDetails): string {
  const closedOn = retention.relationshipClosedAt?.slice(0, 10) ?? "";
  const hold = html`<div class="actions"><button name="to" value="hold">Hold</button><button name="to" value="lift">Lift the hold</button></div>`;
  return html`<details><summary>Hold, close, erase</summary>
    <form class="filter find" method="post" action="/client-files/${id}/legal-hold">!${reasonField}!${hold}</form>
    <form class="filter find" method="post" action="/client-files/${id}/relationship">!${reasonField}
      <label><span>Closed on; empty: not</span><input type="date" name="closedAt" value="${closedOn}"></label>
      <div class="actions"><button>Set the closing date</button></div>
    </form>
    <form class="filter find" method="post" action="/client-files/${id}/erase">!${reasonField}
      <label><span>Its id or externalId</span><input name="confirm" autocomplete="off" spellcheck="false" required></label>
      <div class="actions"><button>Erase for good</button></div>
    </form>
  </details>`;
}
