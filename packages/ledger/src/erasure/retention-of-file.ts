import { sql } from "kysely";
import { eventsOf } from "../apply/events.ts";
import { nodesOf } from "../apply/lock-keys.ts";
import type { LedgerDatabase } from "../transaction.ts";
import { closedBy, holdsOn, type RelatedFile } from "./relationship.ts";

/** What is kept of a file, and for how long. */
export type FileRetention = {
  /** When content of it was erased, and by whom; null while none was. */
  erased: { at: string; by: string | null } | null;
  /** Whether a body of it is there. True of an erased file when bodies came under another id, before the two were tied. */
  contentKept: boolean;
  /** On this file or another one with its externalId. */
  holds: { clientFileId: string; since: string; by: string; reason: string }[];
  relationshipClosedAt: string | null;
};

export async function retentionOf(db: LedgerDatabase, file: RelatedFile): Promise<FileRetention> {
  const holds = await holdsOn(db, file);
  const said = await saidOf(db, file);
  return {
    erased: said.erased_at && { at: said.erased_at.toISOString(), by: said.erased_by },
    contentKept: said.content_kept,
    holds: holds.map(({ since, ...hold }) => ({ ...hold, since: since.toISOString() })),
    relationshipClosedAt: said.closed_at?.toISOString() ?? null,
  };
}

type SaidOf = { erased_at: Date | null; erased_by: string | null; closed_at: Date | null; content_kept: boolean };

async function saidOf(db: LedgerDatabase, file: RelatedFile): Promise<SaidOf> {
  const nodes = nodesOf(file);
  const ids = sql`select * from unnest(${nodes.map(({ space }) => space)}::text[], ${nodes.map(({ id }) => id)}::text[])`;
  const { rows } = await sql<SaidOf>`
    select k.destroyed_at as erased_at, k.destroyed_by as erased_by,
      (select ${closedBy} from file_retention r
        where r.company_id = ${file.companyId} and (r.space, r.id) in (${ids})) as closed_at,
      exists (select from events join delivery_bodies b on b.delivery_id = events.delivery_id
        where ${eventsOf(file)} and b.body <> '') as content_kept
    from (values (1)) one left join lateral (
      select destroyed_at, destroyed_by from data_keys
      where company_id = ${file.companyId} and (home_space, home_id) in (${ids}) and destroyed_at is not null
      order by destroyed_at desc limit 1
    ) k on true`.execute(db);
  return rows[0] as SaidOf;
}
