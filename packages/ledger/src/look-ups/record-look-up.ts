import { createHash } from "node:crypto";
import { flagsOfDoubt, openStates } from "@receiver/client-file";
import { type Problem, readLookUp, type State } from "@receiver/contracts";
import { lookUpEvent } from "@receiver/events";
import { type ExpressionBuilder, sql } from "kysely";
import { type AppliedEvent, applyEvent } from "../apply/apply-event.ts";
import { payloadDigestOf } from "../apply/payload-digest.ts";
import { type AuditEntry, writeAudit } from "../audit.ts";
import { given } from "../queries/given.ts";
import type { Rules } from "../rules.ts";
import type { LedgerTables } from "../tables.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";

/** A client file that waits for word of Danaya's, under the uuid by which it can be asked for. */
export type OpenFile = { clientFileId: string; companyId: string; fileUuid: string };

export type OpenFileFilter = {
  companyId?: string | undefined;
  /** Whose last event is not older. */
  since?: Date | undefined;
  /** Who answered a question that was put at this time or later is left out. */
  askedBefore: Date;
};

/** What Danaya's API answered: its raw bytes, which are read here and not kept. */
export type LookUpAnswer = { companyId: string; fileUuid: string; askedAt: Date; body: Uint8Array };
export type LookUpOutcome =
  | ({ kind: "recorded" } & AppliedEvent)
  | { kind: "unreadable"; isJson: boolean; problems: Problem[] };

/** In the order of their ids. @param page `after`: the last id of the page before */
export async function listOpenFiles(
  db: LedgerDatabase,
  filter: OpenFileFilter,
  page: { after: string | null; limit: number },
): Promise<OpenFile[]> {
  const rows = await db
    .selectFrom("client_files")
    .select(["id as clientFileId", "company_id as companyId", "file_uuid as fileUuid"])
    .where((eb) => eb.and([...isOpen(eb, filter), hasUuid(eb), notAskedSince(filter.askedBefore)]))
    .$if(page.after !== null, (query) => query.where("id", ">", page.after))
    .orderBy("id")
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({ ...row, fileUuid: row.fileUuid as string })); // hasUuid
}

/** How many there are, and how many more can't be asked for, because only their number is known. */
export async function countOpenFiles(
  db: LedgerDatabase,
  filter: OpenFileFilter,
): Promise<{ byState: { state: State; files: number }[]; withoutUuid: number }> {
  const open = (askable: boolean) =>
    db
      .selectFrom("client_files")
      .select(["state", sql<string>`count(*)`.as("files")])
      .where((eb) => eb.and(isOpen(eb, filter)))
      .where((eb) => (askable ? eb.and([hasUuid(eb), notAskedSince(filter.askedBefore)]) : eb.not(hasUuid(eb))))
      .groupBy("state")
      .orderBy("state")
      .execute();
  const [askable, unaskable] = await Promise.all([open(true), open(false)]);
  return {
    byState: askable.map(({ state, files }) => ({ state: state as State, files: Number(files) })),
    withoutUuid: unaskable.reduce((sum, { files }) => sum + Number(files), 0),
  };
}

/**
 * Makes the answer an event of the file, with all that follows from it, in one transaction. The same answer to the same
 * question again changes nothing, and neither does one that can't be read.
 */
export async function recordLookUp(
  db: LedgerDatabase,
  rules: Rules,
  { companyId, fileUuid, askedAt, body }: LookUpAnswer,
  now: Date,
): Promise<LookUpOutcome> {
  const read = readLookUp(body);
  if (read.kind === "unreadable") return read;
  const payloadDigest = payloadDigestOf(body);
  const occurredAt = askedAt.getTime();
  const eventId = lookUpIdOf([companyId, fileUuid, occurredAt, payloadDigest]);
  const event = lookUpEvent({ eventId, companyId, fileUuid, occurredAt, payloadDigest }, read.file);
  return inTransaction(db, async (trx, foreseen) => ({
    kind: "recorded",
    ...(await applyEvent(trx, event, null, { now, rules, foreseen })),
  }));
}

/** Who has asked, and why. Before the first question: what they change has its own cause in the ledger. */
export async function auditLookUps(db: LedgerDatabase, entry: Omit<AuditEntry, "action">): Promise<void> {
  await inTransaction(db, (trx) => writeAudit(trx, { ...entry, action: "client-files.ask-again" }));
}

/** Derived from the question and its answer, so that recording them again finds them. */
function lookUpIdOf(parts: readonly (string | number)[]): string {
  return `look-up-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40)}`;
}

type Files = ExpressionBuilder<LedgerTables, "client_files">;

const isOpen = (eb: Files, { companyId, since }: OpenFileFilter) => [
  eb("merged_into", "is", null),
  eb.or([eb("state", "in", openStates), sql<boolean>`flags && ${[...flagsOfDoubt]}::text[]`]),
  ...given(companyId, (id) => eb("company_id", "=", id)),
  ...given(since, (time) => eb("last_event_at", ">=", time)),
];

const hasUuid = (eb: Files) => eb("file_uuid", "is not", null);

const notAskedSince = (time: Date) => sql<boolean>`not exists (
  select from events e
  where e.company_id = client_files.company_id and e.file_uuid = client_files.file_uuid
    and e.source = 'GET' and e.occurred_at >= ${time})`;
