import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { code, orDash, stateBadge, time } from "../parts.ts";
import { confirmationWords, flagMeanings } from "../words.ts";
import { retentionBadges } from "./retention-section.ts";

export const fileName = ({ fileNumber, fileUuid, id }: ClientFileDetails): string => fileNumber ?? fileUuid ?? id;

/** What the file is, and where it stands. */
export function fileHead(file: ClientFileDetails): string {
  return html`<header class="file-head">
    <p class="crumb"><a href="/">Client files</a></p>
    <h1><span class="aside">${file.fileNumber === null ? "Upload" : "File"}</span> ${fileName(file)}</h1>
    <p>!${stateBadge(file.state)} <span class="aside">${confirmationWords[file.confirmation]}</span>!${retentionBadges(file.retention)}</p>
    !${file.flags.length === 0 ? "" : flagList(file.flags)}
    !${facts(file)}
  </header>`;
}

const flagList = (flags: ClientFileDetails["flags"]): string => html`<ul class="flag-list">
  !${flags.map((flag) => html`<li><span class="flag">${flag}</span> ${flagMeanings[flag]}</li>`)}
</ul>`;

const linkRows = (name: string, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : [[name, ids.map((id) => html`<a href="/client-files/${id}">!${code(id)}</a>`).join(" ")] as const];

function facts(file: ClientFileDetails): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Company", html`${file.companyId}`],
    ["Number", html`${orDash(file.fileNumber)}`],
    ["Upload uuid", file.fileUuid === null ? "–" : code(file.fileUuid)],
    ["External id", html`${orDash(file.externalId)}`],
    ["Kind", html`${file.kind}`],
    ["Score", html`${orDash(file.score)}`],
    ["Version", html`${file.version}`],
    ["Opened", time(file.openedAt)],
    ["Last event", time(file.lastEventAt)],
    ["Id", code(file.id)],
    ...linkRows("Supersedes", file.supersedes),
    ...linkRows("Superseded by", file.supersededBy),
    ...(file.aliases.length === 0 ? [] : [["Also known as", file.aliases.map(code).join(" ")] as const]),
  ];
  return html`<dl class="facts">!${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>!${value}</dd></div>`)}</dl>`;
}
