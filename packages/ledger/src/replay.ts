import { classify } from "@receiver/contracts";
import { sql } from "kysely";
import { applyBody, readDelivery } from "./apply/apply-delivery.ts";
import type { FileChange } from "./apply/refold-file.ts";
import { writeAudit } from "./audit.ts";
import { type DeliveryConditions, deliveryConditions } from "./queries/deliveries.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";
import { deliveryWakeUp, type WakeUp } from "./wake-up.ts";

/**
 * One delivery, or those that match. `allowedCompanyIds` is the ingress' list, so that a replay lets in nobody whom the
 * ingress kept out; without one every company is let in.
 */
export type ReplaySelection = ({ id: string } | { filter: DeliveryConditions; limit: number }) & {
  allowedCompanyIds?: ReadonlySet<string> | undefined;
};

type ReplayPlan = {
  /** Deliveries that will be, or would be, applied once more. */
  deliveryIds: string[];
  /** Deliveries that today's contract refuses still, or whose company isn't allowed. */
  stillQuarantined: string[];
};
export type DryRun = ReplayPlan & { changes: FileChange[] };
export type Replayed = ReplayPlan & { wakeUps: WakeUp[] };

/** A delivery that can be applied, as today's contract reads it. */
type Readable = { id: string; type: string; companyId: string };

/**
 * Sends deliveries to their queues again under the next epoch. Safe to repeat: applying is idempotent, and the epoch keeps
 * an old job from standing in the way. Every body is classified anew first.
 */
export async function replay(
  db: LedgerDatabase,
  selection: ReplaySelection,
  by: { actor: string; reason: string | null },
): Promise<Replayed> {
  const { readable, stillQuarantined } = await classifyAnew(db, selection);
  const deliveryIds = readable.map(({ id }) => id);
  const target = "id" in selection ? selection.id : `${deliveryIds.length} deliveries`;
  const wakeUps = await inTransaction(db, async (trx) => {
    await writeAudit(trx, { actor: by.actor, action: "delivery.replay", target, reason: by.reason });
    return readmit(trx, readable);
  });
  return { deliveryIds, stillQuarantined, wakeUps };
}

/** Applies all of it, tells which files changed and how, and rolls back. Until then it holds up deliveries of these files. */
export async function dryRunReplay(db: LedgerDatabase, selection: ReplaySelection, now: Date): Promise<DryRun> {
  const { readable, stillQuarantined } = await classifyAnew(db, selection);
  const deliveryIds = readable.map(({ id }) => id);
  let changes: FileChange[] | undefined;
  try {
    await inTransaction(db, async (trx, foreseen) => {
      const found: FileChange[] = [];
      for (const id of deliveryIds) {
        const delivery = await readDelivery(trx, id);
        const outcome = delivery && (await applyBody(trx, delivery, { now, foreseen }));
        if (outcome?.kind === "applied") found.push(...outcome.changes);
      }
      changes = found;
      throw new RollBack();
    });
  } catch (thrown) {
    if (!changes) throw thrown;
  }
  return { deliveryIds, stillQuarantined, changes: (changes ?? []).filter((change) => change.changed) };
}

class RollBack extends Error {}

/** Without a lock, since bodies don't change: the ingress counts repeats on these rows, and must not wait for an operator. */
async function classifyAnew(
  db: LedgerDatabase,
  selection: ReplaySelection,
): Promise<{ readable: Readable[]; stillQuarantined: string[] }> {
  const readable: Readable[] = [];
  const stillQuarantined: string[] = [];
  for (const id of await select(db, selection)) {
    const delivery = await readDelivery(db, id); // one at a time: a thousand bodies may not fit into memory
    if (!delivery) continue;
    const classification = classify(delivery.body);
    const message = classification.kind === "message" ? classification.message : null;
    const isAllowed = selection.allowedCompanyIds?.has(message?.companyId ?? "") ?? true;
    if (message && isAllowed) readable.push({ id, type: message.type, companyId: message.companyId });
    else stillQuarantined.push(id);
  }
  return { readable, stillQuarantined };
}

/** Oldest first, so that a dry run tells the story in its order. */
async function select(db: LedgerDatabase, selection: ReplaySelection): Promise<string[]> {
  if ("id" in selection) return [selection.id];
  const rows = await db
    .selectFrom("deliveries")
    .select("id")
    .where((eb) => eb.and(deliveryConditions(eb, selection.filter)))
    .orderBy("received_at")
    .orderBy("id")
    .limit(selection.limit)
    .execute();
  return rows.map((row) => row.id);
}

/** Locks the rows by id, as the ingress does. */
async function readmit(trx: LedgerTransaction, deliveries: readonly Readable[]): Promise<WakeUp[]> {
  const { rows } = await sql<Parameters<typeof deliveryWakeUp>[0]>`
    with chosen as (
      select d.id, input.nth, input.message_type, input.company_id
      from deliveries d join unnest(
        ${deliveries.map(({ id }) => id)}::text[],
        ${deliveries.map(({ type }) => type)}::text[],
        ${deliveries.map(({ companyId }) => companyId)}::text[]
      ) with ordinality as input (id, message_type, company_id, nth) on input.id = d.id
      order by d.id for no key update of d
    ), readmitted as (
      update deliveries d
      set status = 'pending', epoch = d.epoch + 1, attempts = 0, settled_at = null, problems = '[]',
        message_type = chosen.message_type, company_id = chosen.company_id
      from chosen where chosen.id = d.id
      returning chosen.nth, d.id, d.epoch, d.message_type, d.company_id, d.received_at
    )
    select * from readmitted order by nth`.execute(trx);
  return rows.map(deliveryWakeUp);
}
