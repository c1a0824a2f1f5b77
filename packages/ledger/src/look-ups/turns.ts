import { sql } from "kysely";
import { stepsOf } from "../apply/sync-look-ups.ts";
import type { Rules } from "../rules.ts";
import type { LookUpsTable } from "../tables/look-ups.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { type GateRules, passGate } from "./gate.ts";

/** A question whose time has come. `occasion` tells it from one that a change of the file puts in its place meanwhile. */
export type LookUpTurn = { companyId: string; fileUuid: string; question: LookUpsTable["question"]; occasion: string };

/** `clientFileId` of a file whose table is at its end. */
export type Settled = { exhausted: false; clientFileId?: undefined } | { exhausted: true; clientFileId: string };

/** Longer than any question takes: whoever took it is dead. */
const LEASE_MS = 60_000;
/** A file that nobody answers for is asked about again after so long, doubled each time. */
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 60 * 60_000;
/** Of the time since the step before: files that came together are not asked about together for ever. */
const JITTER = 0.1;

/** Of the turns, how many go to whoever waits longest, whatever is in doubt: many doubts, forged ones too, must not starve the rest. */
const OLDEST_SHARE = 0.25;

/**
 * The questions that are due, as many as may be asked now: decisions in doubt first, because somebody waits to be told. Each is one
 * process' alone until its lease runs out.
 *
 * @param random in [0, 1)
 */
export async function takeLookUps(
  db: LedgerDatabase,
  { limit, gate, now, random = Math.random() }: { limit: number; gate: GateRules; now: Date; random?: number },
): Promise<LookUpTurn[]> {
  const due = await db
    .selectFrom("look_ups")
    .select("file_uuid")
    .where("due_at", "<=", now)
    .limit(1)
    .executeTakeFirst();
  if (!due) return [];
  return inTransaction(db, async (trx) => {
    const turns = await passGate(trx, limit, gate, now);
    if (turns === 0) return [];
    const { rows } = await sql<LookUpTurn>`
      with doubted as (
        select company_id, file_uuid from look_ups where due_at <= ${now} and question = 'doubt'
        order by due_at, company_id, file_uuid limit ${random < OLDEST_SHARE ? 0 : turns} for update skip locked
      ), oldest as (
        select company_id, file_uuid from look_ups l where due_at <= ${now}
          and not exists (select from doubted d where d.company_id = l.company_id and d.file_uuid = l.file_uuid)
        order by due_at, company_id, file_uuid limit ${turns} - (select count(*) from doubted) for update skip locked
      ), taken as (select * from doubted union all select * from oldest)
      update look_ups l set due_at = ${new Date(now.getTime() + LEASE_MS)}, asked_at = ${now}
      from taken where l.company_id = taken.company_id and l.file_uuid = taken.file_uuid
      returning l.company_id as "companyId", l.file_uuid as "fileUuid", l.question, l.occasion`.execute(trx);
    const unused = turns - rows.length;
    if (unused > 0) await sql`update danaya_gate set tokens = tokens + ${unused}`.execute(trx);
    return rows;
  });
}

/**
 * An answer, be it that there is nothing yet: on to the next step that is still to come. `exhausted`: that was the last one.
 * @param random in [0, 1)
 */
export async function settleLookUp(
  db: LedgerDatabase,
  rules: Rules,
  turn: LookUpTurn,
  { now, random = Math.random() }: { now: Date; random?: number },
): Promise<Settled> {
  return inTransaction(db, async (trx) => {
    const row = await rowOf(trx, turn).forUpdate().executeTakeFirst();
    if (!row || rules.lookUps === null) return { exhausted: false }; // the answer changed the file, and with it the question
    const steps = stepsOf(row.question, rules.lookUps);
    const dueAt = (step: number) => {
      const [ms = 0, before = 0] = [steps[step], steps[step - 1]];
      return row.since.getTime() + ms + JITTER * random * (ms - before);
    };
    let step = row.step + 1;
    while (step < steps.length && dueAt(step) <= now.getTime()) step += 1; // what an outage let pass is not made up for
    const isLast = step >= steps.length;
    const due_at = isLast ? null : new Date(dueAt(step));
    await trx
      .updateTable("look_ups")
      .set({ step, failures: 0, due_at, exhausted_at: isLast ? now : null })
      .where("company_id", "=", turn.companyId)
      .where("file_uuid", "=", turn.fileUuid)
      .execute();
    if (!isLast || row.question === "decided") return { exhausted: false };
    const file = await trx
      .selectFrom("client_files")
      .select("id")
      .where("company_id", "=", turn.companyId)
      .where("file_uuid", "=", turn.fileUuid)
      .executeTakeFirst();
    // Nobody holds a uuid that was only ever seen beside numbers it is not tied to any more: those files say what is wrong.
    return file ? { exhausted: true, clientFileId: file.id } : { exhausted: false };
  });
}

/** Nobody answered: the same step again, later. @returns how often in a row; 0 where the question is another one by now. */
export async function postponeLookUp(db: LedgerDatabase, turn: LookUpTurn, now: Date): Promise<number> {
  return inTransaction(db, async (trx) => {
    const row = await rowOf(trx, turn).forUpdate().executeTakeFirst();
    if (!row) return 0;
    const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** row.failures);
    await trx
      .updateTable("look_ups")
      .set({ failures: row.failures + 1, due_at: new Date(now.getTime() + pauseMs) })
      .where("company_id", "=", turn.companyId)
      .where("file_uuid", "=", turn.fileUuid)
      .execute();
    return row.failures + 1;
  });
}

const rowOf = (db: LedgerDatabase, { companyId, fileUuid, occasion }: LookUpTurn) =>
  db
    .selectFrom("look_ups")
    .selectAll()
    .where("company_id", "=", companyId)
    .where("file_uuid", "=", fileUuid)
    .where("occasion", "=", occasion);

/** When the next question is due; in the past: since when it is late. */
export async function nextLookUpAt(db: LedgerDatabase): Promise<Date | null> {
  const row = await db
    .selectFrom("look_ups")
    .select((eb) => eb.fn.min("due_at").as("due"))
    .executeTakeFirst();
  return row?.due ?? null;
}
