import {
  type CarriedOver,
  type ClientFileView,
  carriedFrom,
  carriedInto,
  type RetryCounter,
  type Submission,
} from "@receiver/client-file";
import type { ClientFileEvent } from "@receiver/events";
import { sql } from "kysely";
import type { LedgerTransaction, LockKey } from "../transaction.ts";
import type { FileRow } from "./file-rows.ts";
import { externalIdKey, nodeKey, nodesOf, takeLateLocks } from "./lock-keys.ts";

/**
 * How many files back retries are counted, those without any left out. An externalId that a whole company's files bear names nobody's
 * resubmissions, and must not make each of them wait for all the others.
 */
const REACH = 10;

type RetriedFile = FileRow & { openedAt: Date; retries: RetryCounter[] };

/** As the index has it. The row of `self` may still say where the file stood before. */
const retriedSiblings = (companyId: string, externalId: string) =>
  sql`client_files where company_id = ${companyId} and external_id = ${externalId} and merged_into is null
    and (view -> 'retries') <> '[]'::jsonb`;

/** By what the events say alone, so that it is the same in every order of arrival. */
const place = sql`opened_at, coalesce(file_number, '') collate "C", coalesce(file_uuid, '') collate "C"`;
const lastFirst = sql`opened_at desc, coalesce(file_number, '') collate "C" desc, coalesce(file_uuid, '') collate "C" desc`;

/**
 * What a file carries over from the files that it supersedes: those of its externalId that were opened before it.
 *
 * Whoever folds a file that has retries holds its externalId's lock until it has committed: of two such files each sees the other, or
 * is seen.
 */
export async function carriedOver(
  trx: LedgerTransaction,
  file: FileRow,
  submission: Submission | null,
): Promise<CarriedOver[]> {
  if (submission === null) return [];
  await lockLate(trx, [externalIdKey(file.companyId, submission.externalId)]);
  const { rows } = await sql<Pick<RetriedFile, "retries">>`
    select view -> 'retries' as retries from ${retriedSiblings(file.companyId, submission.externalId)} and id <> ${file.id}
      and (${place}) < (${new Date(submission.openedAt)}, ${file.fileNumber ?? ""}, ${file.fileUuid ?? ""})
    order by ${lastFirst} limit ${REACH}`.execute(trx);
  return carriedFrom(rows.flatMap(({ retries }) => retries));
}

/** Where a file's retries count, or counted. One that was merged or parted may have counted under any externalId that it bears; most files have nothing that counts. */
export function submissionsIn(
  { before, after }: { before: ClientFileView | null; after: ClientFileView },
  events: readonly ClientFileEvent[],
): Submission[] {
  if ((before?.retries.length ?? 0) + after.retries.length === 0) return [];
  const borne = [before?.externalId, ...events.map(({ externalId }) => externalId)];
  const externalIds = [...new Set(borne.flatMap((externalId) => externalId ?? []))];
  const times = [...new Set([after.openedAt, before?.openedAt ?? after.openedAt])];
  return externalIds.flatMap((externalId) => times.map((openedAt) => ({ externalId, openedAt })));
}

/** A folded file, and where its retries count or counted. */
export type Submitted = { file: FileRow; submissions: readonly Submission[] };

/**
 * The files that carry over something else since these were folded, with the locks of their ids taken. Their own attempts are as
 * before, hence it ends with them.
 */
export async function outdatedSuccessors(trx: LedgerTransaction, folded: readonly Submitted[]): Promise<FileRow[]> {
  const submitted = folded.flatMap(({ file, submissions }) => submissions.map((submission) => ({ file, submission })));
  await lockLate(
    trx,
    submitted.map(({ file, submission }) => externalIdKey(file.companyId, submission.externalId)),
  );
  const outdated = new Map<string, FileRow>();
  for (const { file, submission } of submitted) {
    for (const later of await successorsOf(trx, file, submission)) {
      const carried = await carriedOver(trx, later, { ...submission, openedAt: later.openedAt.getTime() });
      const handed = carriedInto(carried);
      const isRight = later.retries.every((counter) => handed(counter) === (counter.carried ?? 0));
      if (!isRight) outdated.set(later.id, later);
    }
  }
  const files = [...outdated.values()];
  await lockLate(
    trx,
    files.flatMap((file) => nodesOf(file).map((node) => nodeKey(file.companyId, node))),
  );
  return files;
}

/** Twice as many as are reached: some may have been opened at the same time as the file itself. */
async function successorsOf(trx: LedgerTransaction, { id, companyId }: FileRow, { externalId, openedAt }: Submission) {
  const { rows } = await sql<RetriedFile>`
    select id, company_id as "companyId", file_uuid as "fileUuid", file_number as "fileNumber",
      links_contradicted as "linksContradicted", opened_at as "openedAt", view -> 'retries' as retries
    from ${retriedSiblings(companyId, externalId)} and id <> ${id}
      and opened_at >= ${new Date(openedAt)}
    order by ${place} limit ${2 * REACH}`.execute(trx);
  return rows;
}

async function lockLate(trx: LedgerTransaction, keys: readonly LockKey[]): Promise<void> {
  if (keys.length > 0) await takeLateLocks(trx, keys, keys);
}
