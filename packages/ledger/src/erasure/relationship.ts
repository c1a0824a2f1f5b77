import { type RawBuilder, sql } from "kysely";
import type { FileRow } from "../apply/file-rows.ts";
import { keysOf, takeLocks } from "../apply/lock-keys.ts";
import type { EventIds } from "../bodies/data-keys.ts";
import { type LedgerDatabase, type LedgerTransaction, type LockKey, LockSetGrew } from "../transaction.ts";

/**
 * The files of a company that bear one externalId are one relationship with one customer: a refused person who tries again is
 * another file. What holds one of them holds all, and none is over before all are.
 */
export type RelatedFile = Pick<FileRow, "id" | "companyId" | "fileUuid" | "fileNumber"> & { externalId: string | null };

/** A legal hold, and the file that it was put on. */
export type Hold = { clientFileId: string; since: Date; by: string; reason: string };

/** @param id the file's own, or that of one which was merged into it */
async function findFile(db: LedgerDatabase, id: string): Promise<RelatedFile | null> {
  const row = await db
    .selectFrom("client_files")
    .select([
      "id",
      "company_id as companyId",
      "file_uuid as fileUuid",
      "file_number as fileNumber",
      "external_id as externalId",
    ])
    .where("id", "=", (eb) =>
      eb
        .selectFrom("client_files as known")
        .select((known) => known.fn.coalesce("known.merged_into", "known.id").as("id"))
        .where("known.id", "=", id),
    )
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Takes the locks that a delivery of this file would take: nothing is applied to it, and nothing is said of its relationship,
 * until the transaction ends. Null when there is no such file.
 */
export async function lockRelationship(
  trx: LedgerTransaction,
  id: string,
  foreseen: readonly LockKey[],
): Promise<RelatedFile | null> {
  const seen = await findFile(trx, id);
  if (!seen) return null;
  const held = new Set([...keysOf(seen), ...foreseen]);
  await takeLocks(trx, [...held]);
  const file = await findFile(trx, id); // another delivery may have tied it to another id while we waited
  const missing = file ? keysOf(file).filter((key) => !held.has(key)) : [];
  if (missing.length > 0) throw new LockSetGrew([...held, ...missing]);
  return file;
}

/** Of a file `k` in SQL: the rows `r` that hold what was said of its ids. */
export const saidOfIts = sql`r.company_id = k.company_id and (r.space, r.id) in (('uuid', k.file_uuid), ('number', k.file_number))`;

/** The files `k` of which rows `r` say what `condition` asks for. The two ways to a file are joined apart: each has its index. */
export const filesOfWhich = (condition: RawBuilder<unknown>): RawBuilder<unknown> => {
  const joined = (space: "uuid" | "number", column: string) => sql`
    select k.* from file_retention r
    join client_files k on k.company_id = r.company_id and ${sql.ref(`k.${column}`)} = r.id
    where r.space = ${space} and ${condition}`;
  return sql`select distinct on (id) * from (${joined("uuid", "file_uuid")} union all ${joined("number", "file_number")}) files`;
};

/** Of a file in SQL: all files `k` of its relationship, itself among them. */
export const relatedTo = (file: { companyId: unknown; id: unknown; externalId: unknown }): RawBuilder<boolean> =>
  sql`k.merged_into is null and k.company_id = ${file.companyId} and (k.id = ${file.id} or k.external_id = ${file.externalId})`;

export async function holdsOn(db: LedgerDatabase, file: RelatedFile): Promise<Hold[]> {
  const { rows } = await sql<Hold>`
    select distinct on (k.id) k.id as "clientFileId", r.held_at as since, r.held_by as by, r.hold_reason as reason
    from client_files k join file_retention r on ${saidOfIts}
    where ${relatedTo(file)} and r.held_at is not null
    order by k.id, r.held_at`.execute(db);
  return rows;
}

/** The rows of all files that a hold reaches, of those too that were merged into one. For many at once: there are few holds. */
export const heldRows: RawBuilder<unknown> = sql`
  select m.id from (${filesOfWhich(sql`r.held_at is not null`)}) h
  join client_files k on ${relatedTo({ companyId: sql.ref("h.company_id"), id: sql.ref("h.id"), externalId: sql.ref("h.external_id") })}
  join client_files m on m.id = k.id or m.merged_into = k.id`;

/** Whether a hold stands on the file of an event with these ids, or on another one of its relationship. */
export async function isHeld(db: LedgerDatabase, { companyId, fileUuid, fileNumber }: EventIds): Promise<boolean> {
  const isFile = fileNumber === null ? sql`f.file_uuid = ${fileUuid}` : sql`f.file_number = ${fileNumber}`;
  const related = relatedTo({ companyId, id: sql.ref("f.id"), externalId: sql.ref("f.external_id") });
  const { rows } = await sql<{ held: boolean }>`
    select exists (
      select from client_files f join client_files k on ${related} join file_retention r on ${saidOfIts}
      where f.company_id = ${companyId} and ${isFile} and r.held_at is not null
    ) as held`.execute(db);
  return rows[0]?.held ?? false;
}

/** Of a file in SQL, over all rows `r` of its ids: null while none says when it was closed, or one of them doesn't. */
export const closedBy = sql`case when bool_and(r.relationship_closed_at is not null) then max(r.relationship_closed_at) end`;

/**
 * Of a file in SQL: when its relationship `ended`, and whether it is `held`. It goes on while one of its files is not closed, and was
 * not over before the last event of any: an id that was gained since says so of a file that was closed before.
 */
export const relationshipOf = (file: Parameters<typeof relatedTo>[0]): RawBuilder<unknown> => sql`
  select case when bool_and(closed is not null) then greatest(max(closed), max(last_event_at)) end as ended,
    coalesce(bool_or(held), false) as held
  from (
    select ${closedBy} as closed, bool_or(r.held_at is not null) as held, k.last_event_at
    from client_files k left join file_retention r on ${saidOfIts}
    where ${relatedTo(file)} group by k.id
  ) files`;

/** Null while it goes on. */
export async function relationshipEndedAt(db: LedgerDatabase, file: RelatedFile): Promise<Date | null> {
  const { rows } = await sql<{ ended: Date | null }>`${relationshipOf(file)}`.execute(db);
  return rows[0]?.ended ?? null;
}

/** Other files of the relationship of which something is kept, at most `limit` of them. */
export async function othersKept(db: LedgerDatabase, file: RelatedFile, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select k.id from client_files k where ${relatedTo(file)} and k.id <> ${file.id} and ${keepsContent}
    order by k.id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Of a file `k`: a body of it is there. */
const keepsContent = sql`exists (
  select from events e join delivery_bodies b on b.delivery_id = e.delivery_id
  where b.body <> '' and e.company_id = k.company_id
    and (e.file_number = k.file_number or e.file_number is null and e.file_uuid = k.file_uuid)
)`;

/** Of a file `k`: one of its ids has no destroyed key, so that something may be kept. For many files: it looks at no event. */
export const notErased: RawBuilder<boolean> = sql`exists (
  select from (values ('uuid', k.file_uuid), ('number', k.file_number)) node (space, id)
  where node.id is not null and not exists (
    select from data_keys d where d.company_id = k.company_id and d.home_space = node.space and d.home_id = node.id
      and d.destroyed_at is not null
  )
)`;
