import { html } from "ghtml";

export type ActName = "decide" | "link" | "unlink" | "abandon" | "withdraw";

export const decisionWords = {
  APPROVED: "Approve",
  REJECTED: "Reject",
  AWAITING_DECISION: "Leave undecided",
} as const;

export const actWords: Record<ActName, string> = {
  decide: "decided",
  link: "linked",
  unlink: "parted",
  abandon: "gave up the open retries",
  withdraw: "withdrew",
};

const reasonField =
  '<label><span>Reason, for the audit: no names</span><input name="reason" maxlength="500" autocomplete="off" required></label>';

export const hidden = (name: string, value: string): string =>
  html`<input type="hidden" name="${name}" value="${value}">`;

type Form = { file: { id: string; version: number }; act: ActName; inputs: string; button: string };

/** Every act is looked at before it is done: the form leads to its preview. */
export const actForm = ({ file, act, inputs, button }: Form): string => html`<form class="filter act" method="post"
  action="/client-files/${file.id}/${act}">
  !${hidden("version", String(file.version))}!${inputs}!${reasonField}
  <div class="actions"><button>!${button}</button></div>
</form>`;

export const decisionInput = html`<label><span>Decision</span><select name="state">
  !${Object.entries(decisionWords).map(([state, word]) => html`<option value="${state}">${word}</option>`)}
</select></label>`;

export const otherIdInput = (label: string, name: "fileUuid" | "fileNumber"): string =>
  html`<label><span>${label}</span><input name="${name}" maxlength="200" autocomplete="off" spellcheck="false" required></label>`;
