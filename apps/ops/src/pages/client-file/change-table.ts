import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { type Column, flagBadge, nothing, stateBadge, table } from "../parts.ts";

/** A file as it is and as it would be. */
export type Changing = {
  clientFileId: string;
  changed: boolean;
  state: { before: ClientFileDetails["state"] | null; after: ClientFileDetails["state"] };
  flags: { before: readonly string[]; after: readonly string[] };
  reversed: boolean;
};

type Named = Changing & { name: string };

const columns: readonly Column<Named>[] = [
  {
    head: "File",
    cell: ({ clientFileId, name }) => html`<a href="/client-files/${clientFileId}">${name}</a>`,
    className: "lead",
  },
  { head: "State now", cell: ({ state: { before } }) => (before === null ? "a new file" : stateBadge(before)) },
  { head: "State then", cell: ({ state: { after }, reversed }) => stateBadge(after) + (reversed ? reversal : "") },
  { head: "Flags now", cell: ({ flags: { before } }) => badges(before), className: "wide" },
  { head: "Flags then", cell: ({ flags: { after } }) => badges(after), className: "wide" },
  { head: "Told", cell: ({ changed }) => (changed ? "subscribers are told" : "nobody is told") },
];

const reversal = ' <span class="reversal">reverses a decision</span>';
const badges = (flags: readonly string[]): string =>
  flags.length === 0 ? "–" : html`<span class="flags">!${flags.map(flagBadge)}</span>`;

type Holding = { clientFileId: string; fileUuid: string | null; fileNumber: string | null };

/** What an act would do to the files; `files` name them by what they would hold. */
export function changeTable(changes: readonly Changing[], files: readonly Holding[]): string {
  if (changes.length === 0) return nothing("No file would change.");
  const holding = new Map(files.map((file) => [file.clientFileId, file]));
  const nameOf = ({ clientFileId }: Changing): string => fileNameIn(holding.get(clientFileId));
  return table(
    columns,
    changes.map((change) => ({ ...change, name: nameOf(change) })),
    "What would change",
  );
}

export function fileNameIn(file: Holding | undefined): string {
  const names = [file?.fileNumber && `File ${file.fileNumber}`, file?.fileUuid && `upload ${file.fileUuid}`];
  const given = names.filter(Boolean);
  return given.length === 0 ? "The file" : given.join(" with ").replace(/^u/, "U");
}
