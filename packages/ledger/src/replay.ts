import { type Expression, expressionBuilder, type SqlBool, sql } from "kysely";
import { writeAudit } from "./audit.ts";
import { deliveryConditions } from "./queries/deliveries.ts";
import {
  describeSelection,
  type Reading,
  type ReplayPage,
  type ReplaySelection,
  readAnew,
  selectPage,
} from "./replay-selection.ts";
import type { LedgerTables } from "./tables.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";
import { deliveryWakeUp, type WakeUp } from "./wake-up.ts";

export type Replayed = ReplayPage & {
  /** Deliveries that will be applied once more. */
  deliveryIds: string[];
  wakeUps: WakeUp[];
};

type Readmission = { id: string; type: string; companyId: string };

/**
 * Sends deliveries to their queues again under the next epoch. Safe to repeat: applying is idempotent, and the epoch keeps
 * an old job from standing in the way. Every body is classified anew first.
 *
 * A page is one transaction. Who dies before it ends has done nothing; who dies after it leaves pending rows to the sweeper.
 */
export async function replay(
  db: LedgerDatabase,
  reading: Reading,
  selection: ReplaySelection,
  by: { actor: string; reason: string | null },
): Promise<Replayed> {
  const { items, nextCursor } = await selectPage(db, selection);
  const readable: Readmission[] = [];
  const refused: Pick<ReplayPage, "stillQuarantined" | "failing"> = { stillQuarantined: [], failing: [] };
  for (const { id } of items) {
    const found = await readAnew(db, id, reading); // one at a time: all bodies may not fit into memory
    if (found === "not-found") continue;
    if (found === "refused") refused.stillQuarantined.push(id);
    else if ("failing" in found) refused.failing.push({ deliveryId: id, code: found.failing });
    else readable.push({ id, type: found.type, companyId: found.companyId });
  }
  const wakeUps = await inTransaction(db, async (trx) => {
    const readmitted = await readmit(trx, readable, stillMatches(selection));
    const target = describeSelection(selection, readmitted.length);
    await writeAudit(trx, { actor: by.actor, action: "delivery.replay", target, reason: by.reason });
    return readmitted;
  });
  return { deliveryIds: wakeUps.map(({ id }) => id), ...refused, wakeUps, nextCursor };
}

/** Somebody else's redrive, or the delivery's own job, may have settled it since the page was read. */
function stillMatches(selection: ReplaySelection): Expression<SqlBool> {
  const eb = expressionBuilder<LedgerTables, "deliveries">();
  return eb.and("id" in selection ? [] : deliveryConditions(eb, selection.filter));
}

/** Locks the rows by id, as the ingress does. The condition names columns of `deliveries` alone: no other has their names. */
async function readmit(
  trx: LedgerTransaction,
  deliveries: readonly Readmission[],
  condition: Expression<SqlBool>,
): Promise<WakeUp[]> {
  const { rows } = await sql<Parameters<typeof deliveryWakeUp>[0]>`
    with chosen as (
      select d.id, input.nth, input.as_type, input.of_company
      from deliveries d join unnest(
        ${deliveries.map(({ id }) => id)}::text[],
        ${deliveries.map(({ type }) => type)}::text[],
        ${deliveries.map(({ companyId }) => companyId)}::text[]
      ) with ordinality as input (delivery_id, as_type, of_company, nth) on input.delivery_id = d.id
      where ${condition}
      order by d.id for no key update of d
    ), readmitted as (
      update deliveries d
      set status = 'pending', epoch = d.epoch + 1, attempts = 0, settled_at = null, problems = '[]',
        message_type = chosen.as_type, company_id = chosen.of_company
      from chosen where chosen.id = d.id
      returning chosen.nth, d.id, d.epoch, d.message_type, d.company_id, d.received_at
    )
    select * from readmitted order by nth`.execute(trx);
  return rows.map(deliveryWakeUp);
}
