import { nodesOf } from "../apply/lock-keys.ts";
import { writeAudit } from "../audit.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import type { Operator } from "./erase-file.ts";
import { lockRelationship, type RelatedFile } from "./relationship.ts";

/** The file that it was said of; null when nobody has the id. */
export type Said = { clientFileId: string } | null;

/** Neither an operator nor a deadline erases a held file, nor another one with its externalId. A second hold replaces the reason. */
export async function holdFile(db: LedgerDatabase, id: string, by: Operator): Promise<Said> {
  const hold = { held_at: by.now, held_by: by.actor, hold_reason: by.reason };
  return say(db, id, hold, { ...by, action: "client-file.hold", reason: by.reason });
}

/** Lifting what isn't held changes nothing, and is audited nevertheless: somebody believed that it was. */
export async function liftHold(db: LedgerDatabase, id: string, by: Operator): Promise<Said> {
  return say(db, id, noHold, { ...by, action: "client-file.lift-hold", reason: by.reason });
}

/**
 * When the bank's relationship with the customer ended, from which its evidence is kept for years more. Null: it goes on, or
 * goes on again.
 */
export async function closeRelationship(
  db: LedgerDatabase,
  id: string,
  by: Operator & { closedAt: Date | null },
): Promise<Said> {
  const { closedAt } = by;
  const reason = `${closedAt ? `closed ${closedAt.toISOString()}` : "not closed"}: ${by.reason}`;
  return say(db, id, { relationship_closed_at: closedAt }, { ...by, action: "client-file.relationship", reason });
}

const noHold = { held_at: null, held_by: null, hold_reason: null };

type Statement = Partial<{
  held_at: Date | null;
  held_by: string | null;
  hold_reason: string | null;
  relationship_closed_at: Date | null;
}>;

async function say(
  db: LedgerDatabase,
  id: string,
  statement: Statement,
  { actor, action, reason }: { actor: string; action: string; reason: string },
): Promise<Said> {
  return inTransaction(db, async (trx, foreseen) => {
    const file = await lockRelationship(trx, id, foreseen);
    if (!file) return null;
    await sayOfEachId(trx, file, statement);
    await writeAudit(trx, { actor, action, target: file.id, reason });
    return { clientFileId: file.id };
  });
}

async function sayOfEachId(trx: LedgerTransaction, file: RelatedFile, statement: Statement): Promise<void> {
  await trx
    .insertInto("file_retention")
    .values(
      nodesOf(file).map(({ space, id }) => ({
        company_id: file.companyId,
        space,
        id,
        ...noHold,
        relationship_closed_at: null,
        ...statement,
      })),
    )
    .onConflict((conflict) => conflict.columns(["company_id", "space", "id"]).doUpdateSet(statement))
    .execute();
}
