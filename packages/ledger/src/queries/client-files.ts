import { asReleased, type ClientFileView, mayHideFlag, viewFor } from "@receiver/client-file";
import type { Audience, Flag, State } from "@receiver/contracts";
import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import { inThisVersion } from "../apply/refold-file.ts";
import type { ClientFilesTable } from "../tables/client-files.ts";
import type { LedgerTables } from "../tables.ts";
import type { LedgerDatabase } from "../transaction.ts";
import { decodeCursor, type Page, pageOf } from "./cursor.ts";
import { given } from "./given.ts";

export type ClientFileSummary = {
  id: string;
  companyId: string;
  fileNumber: string | null;
  fileUuid: string | null;
  externalId: string | null;
  kind: ClientFileView["kind"];
  state: State;
  /** What subscribers were told, or will be: a decision that rests on webhooks alone waits until somebody vouches for it. */
  releasedState: State;
  flags: Flag[];
  /** `confirmed` by the provider's API or an operator; `unconfirmed` while a decision rests on webhooks alone; `none` without a decision. */
  confirmation: "confirmed" | "unconfirmed" | "none";
  score: ClientFileView["score"];
  version: number;
  openedAt: string;
  lastEventAt: string;
};

/**
 * Of which companies somebody may see files, and as whom: what another audience is told is left out. Never as a customer, whose states are
 * not those that files are found by.
 */
export type FileReader = { companyIds: readonly string[]; audience: Exclude<Audience, "customer"> };

export type ClientFileFilter = {
  /** Absent: somebody who may see all. */
  reader?: FileReader | undefined;
  companyId?: string | undefined;
  fileNumber?: string | undefined;
  fileUuid?: string | undefined;
  externalId?: string | undefined;
  state?: State | undefined;
  /** One that files may hide from the reader finds none. */
  flag?: Flag | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** Newest event first. Ids are matched in their own spaces; merged files appear once, under the file that holds them. */
export async function listClientFiles(db: LedgerDatabase, filter: ClientFileFilter): Promise<Page<ClientFileSummary>> {
  const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const rows = await db
    .selectFrom("client_files")
    .selectAll()
    .where("merged_into", "is", null)
    .where((eb) => eb.and(conditions(eb, filter)))
    .$if(after !== null, (query) => query.where(sql<boolean>`(last_event_at, id) < (${after?.at}, ${after?.id}::uuid)`))
    .orderBy("last_event_at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(
    rows,
    filter.limit,
    (row) => ({ at: row.last_event_at, id: row.id }),
    (row) => summaryOf(row, filter.reader?.audience),
  );
}

const releasedState = sql<string>`coalesce(released_state, state)`;

function conditions(eb: ExpressionBuilder<LedgerTables, "client_files">, filter: ClientFileFilter) {
  return [
    ...given(filter.reader, ({ companyIds }) => eb("company_id", "in", companyIds)),
    ...given(filter.companyId, (companyId) => eb("company_id", "=", companyId)),
    ...given(filter.fileNumber, (fileNumber) => eb("file_number", "=", fileNumber)),
    ...given(filter.fileUuid, (fileUuid) => eb("file_uuid", "=", fileUuid)),
    ...given(filter.externalId, (externalId) => eb("external_id", "=", externalId)),
    ...given(filter.state, (state) =>
      filter.reader === undefined ? eb("state", "=", state) : eb(releasedState, "=", state),
    ),
    ...given(filter.flag, (flag) =>
      filter.reader !== undefined && mayHideFlag(filter.reader.audience, flag)
        ? eb.lit(false)
        : eb("flags", "@>", sql<string[]>`array[${flag}]`),
    ),
    // Of a decision that was not released nobody outside is shown that it was reported on, so nobody finds by it either.
    ...(filter.reader !== undefined && filter.flag === "reopened" ? [eb(releasedState, "=", eb.ref("state"))] : []),
  ];
}

/** @param audience that of a machine, which is outside: it is shown what was released. Absent: an operator, who may see all. */
export function summaryOf(row: Selectable<ClientFilesTable>, audience?: Audience): ClientFileSummary {
  const view = audience === undefined ? viewIn(row) : viewFor(audience, asReleased(viewIn(row)));
  return {
    id: row.id,
    companyId: row.company_id,
    fileNumber: row.file_number,
    fileUuid: row.file_uuid,
    externalId: view.externalId,
    kind: view.kind,
    state: view.state,
    releasedState: view.released.state,
    flags: view.flags,
    confirmation: confirmationOf(view),
    score: view.score,
    version: row.version,
    openedAt: row.opened_at.toISOString(),
    lastEventAt: row.last_event_at.toISOString(),
  };
}

/** A row is opened and folded in one transaction, so nobody reads one without its view. */
export function viewIn(row: Pick<Selectable<ClientFilesTable>, "view">): ClientFileView {
  if (!row.view) throw new Error("a client file was committed before it was folded");
  return inThisVersion(row.view);
}

function confirmationOf(view: ClientFileView): ClientFileSummary["confirmation"] {
  if (view.confirmed) return "confirmed";
  return view.state === "APPROVED" || view.state === "REJECTED" ? "unconfirmed" : "none";
}
