import { type RawBuilder, sql } from "kysely";
import { writeAudit } from "../audit.ts";
import { destroyContent } from "../erasure/destroy-content.ts";
import {
  filesOfWhich,
  holdsOn,
  lockRelationship,
  notErased,
  relationshipEndedAt,
  relationshipOf,
} from "../erasure/relationship.ts";
import { inTransaction, type LedgerDatabase, query } from "../transaction.ts";
import type { Eraser } from "./operational-tier.ts";

/**
 * The files that were closed before `before` and are not erased, with what their relationship as a whole says: `ended` is null
 * while it goes on.
 */
export const closedFiles = (before: Date): RawBuilder<unknown> => {
  const file = { companyId: sql.ref("c.company_id"), id: sql.ref("c.id"), externalId: sql.ref("c.external_id") };
  return sql`
    select c.id, relationship.ended, relationship.held
    from (
      ${filesOfWhich(sql`r.relationship_closed_at < ${before} and ${notErased}`)}
    ) c cross join lateral (${relationshipOf(file)}) relationship`;
};

/** In the order of their ids. */
export async function filesDue(
  db: LedgerDatabase,
  before: Date,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const due = sql<{ id: string }>`
    select id from (${closedFiles(before)}) closed
    where ended < ${before} and not held and id > ${after ?? NO_FILE}::uuid order by id limit ${limit}`;
  const { rows } = await query(() => due.execute(db));
  return rows.map(({ id }) => id);
}

const NO_FILE = "00000000-0000-0000-0000-000000000000";

/** @returns whether there was anything to erase, now that it can't change any more. */
export async function eraseIfDue(db: LedgerDatabase, id: string, before: Date, by: Eraser): Promise<boolean> {
  return inTransaction(db, async (trx, foreseen) => {
    const file = await lockRelationship(trx, id, foreseen);
    const ended = file && (await relationshipEndedAt(trx, file));
    if (!file || !ended || ended >= before || (await holdsOn(trx, file)).length > 0) return false;
    const { keys, bodies } = await destroyContent(trx, file, by);
    if (keys + bodies === 0) return false;
    const reason = `relationship ended ${ended.toISOString()}`;
    await writeAudit(trx, { actor: by.actor, action: "client-file.erase", target: file.id, reason });
    return true;
  });
}
