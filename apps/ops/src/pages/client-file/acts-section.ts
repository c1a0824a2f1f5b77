import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { actsFor } from "../../api/acts-for.ts";
import type { User } from "../../authentication/user-list.ts";
import { code, nothing, stateBadge, time } from "../parts.ts";
import { actForm, actWords, decisionInput, hidden, otherIdInput } from "./act-forms.ts";

type Act = ClientFileDetails["acts"][number];

/** What operators did to a file and why, and, for operators, what they can do. */
export function actsSection(file: ClientFileDetails, user: User | null): string {
  const isOperator = user?.role === "operator";
  const acts = actsFor(user, file.acts);
  return html`<section id="operators"><h2>Operators</h2>
    !${acts.length === 0 ? nothing("No operator has decided anything about this file.") : story(file, acts, isOperator)}
    <p class="way"><a href="/client-files/${file.id}/conflict">!${wayToConflict(file)}</a></p>
    !${isOperator ? forms(file) : ""}
  </section>`;
}

const wayToConflict = ({ flags, fileUuid, fileNumber }: ClientFileDetails): string => {
  if (flags.includes("conflict")) return "What contradicts what: both stories side by side";
  return fileUuid !== null && fileNumber !== null
    ? "What each of the two ids tells: were they rightly joined?"
    : "Who claims what of this file";
};

const story = (file: ClientFileDetails, acts: readonly Act[], isOperator: boolean): string =>
  html`<ol class="acts">!${acts.map((act) => toldAct(file, act, isOperator))}</ol>`;

function toldAct(file: ClientFileDetails, act: Act, isOperator: boolean): string {
  const isTakenBack = act.withdrawnBy !== null;
  const mayWithdraw = isOperator && !isTakenBack && (act.kind === "decide" || act.kind === "abandon");
  return html`<li id="${act.eventId}" data-withdrawn="${isTakenBack}">
    <p><strong>${act.by ?? "–"}</strong> !${saying(act)} !${isTakenBack ? '<span class="flag">withdrawn</span>' : ""}</p>
    !${act.reason === null ? "" : html`<p class="reason">${act.reason}</p>`}
    <p class="when">!${time(act.recordedAt)}</p>
    !${mayWithdraw ? withdrawForm(file, act.eventId) : ""}
  </li>`;
}

function saying({ kind, decision, fileUuid, fileNumber, withdraws }: Act): string {
  if (kind === "decide") return html`decided !${stateBadge(decision ?? "")}`;
  if (kind === "withdraw") return html`withdrew <a href="#${withdraws}">an earlier act</a>`;
  if (kind === "abandon") return actWords.abandon;
  return html`${actWords[kind]} upload !${code(fileUuid ?? "")} ${kind === "link" ? "with" : "from"} file ${fileNumber}`;
}

const withdrawForm = (file: ClientFileDetails, eventId: string): string =>
  html`<details><summary>Take it back</summary>
    !${actForm({ file, act: "withdraw", inputs: hidden("eventId", eventId), button: "Look first" })}
  </details>`;

function forms(file: ClientFileDetails): string {
  const { fileUuid, fileNumber, retries } = file;
  const look = { file, button: "Look first" };
  const isWhole = fileUuid !== null && fileNumber !== null;
  const linking =
    fileNumber === null
      ? otherIdInput("Number of the file that it is", "fileNumber")
      : otherIdInput("Uuid of its upload", "fileUuid");
  return html`<details><summary>Decide, link, part, give up</summary>
    <h3>Decide</h3>!${actForm({ ...look, act: "decide", inputs: decisionInput })}
    !${isWhole ? "" : html`<h3>Link</h3>!${actForm({ ...look, act: "link", inputs: linking })}`}
    !${isWhole ? html`<h3>Part upload and file</h3>!${actForm({ ...look, act: "unlink", inputs: "" })}` : ""}
    !${retries.some(({ status }) => status === "open") ? html`<h3>Give up the open retries</h3>!${actForm({ ...look, act: "abandon", inputs: "" })}` : ""}
  </details>`;
}
