import { type ClientFileView, followUpsFor } from "@receiver/client-file";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { FollowUpsTable } from "../tables/client-files.ts";
import type { LedgerTransaction } from "../transaction.ts";
import { followUpWakeUp, type WakeUp } from "../wake-up.ts";

/** A file has one timer of each kind per attempt of a check. */
const key = ["client_file_id", "document_id", "verification", "attempt", "kind"] as const;
const keyColumns = sql.join(key.map((column) => sql.ref(column)));
type TimerKey = Pick<FollowUpsTable, Exclude<(typeof key)[number], "client_file_id">>;
type Timer = TimerKey & Pick<FollowUpsTable, "due_at">;

/**
 * Makes the timers of a file those that its open counters ask for: a newer attempt starts its own, a newer result cancels
 * what is pending, and a later message of the same attempt postpones it. A timer that fired stays fired. Of a retry that we
 * learn of late, the time runs from now: after an outage nobody is to be asked, reminded and escalated in one breath.
 */
export async function syncFollowUps(
  trx: LedgerTransaction,
  clientFileId: string,
  { before, after }: { before: ClientFileView | null; after: ClientFileView },
  now: Date,
): Promise<WakeUp[]> {
  if ((before?.retries.length ?? 0) + after.retries.length === 0) return []; // most files: no timer to start or to cancel
  const wanted = after.retries.flatMap(timersOf);
  const stored = await trx
    .selectFrom("follow_ups")
    .select(["id", "document_id", "verification", "attempt", "kind", "due_at", "status"])
    .where("client_file_id", "=", clientFileId)
    .execute();

  const wantedKeys = new Set(wanted.map(keyOf));
  const obsolete = stored.filter((row) => row.status === "pending" && !wantedKeys.has(keyOf(row)));
  await cancel(
    trx,
    obsolete.map((row) => row.id),
  );

  const standing = new Map(stored.filter((row) => row.status !== "cancelled").map((row) => [keyOf(row), row]));
  const missing = wanted.filter((timer) => {
    const row = standing.get(keyOf(timer));
    return !row || (row.status === "pending" && row.due_at < timer.due_at);
  });
  return start(
    trx,
    clientFileId,
    missing.map((timer) => runningFrom(timer, now)),
  );
}

/**
 * When a file is merged into another, that one gets its timers: what was asked already is not asked again, and what is due is
 * due when it was. The sweeper wakes them.
 */
export async function handOverFollowUps(trx: LedgerTransaction, file: { from: string; to: string }): Promise<void> {
  await sql`
    with handed_over as (
      insert into follow_ups (client_file_id, id, document_id, verification, attempt, kind, due_at, status, epoch)
      select ${file.to}::uuid, gen_random_uuid(), document_id, verification, attempt, kind, due_at, status, epoch
      from follow_ups where client_file_id = ${file.from} and status in ('done', 'pending')
      on conflict (${keyColumns}) do update set status = 'done' where excluded.status = 'done'
    )
    update follow_ups set status = 'cancelled' where client_file_id = ${file.from} and status = 'pending'`.execute(trx);
}

/** `since`: when the retry was last asked for, by Danaya's clock. */
type WantedTimer = Timer & { since: number };

function timersOf(counter: ClientFileView["retries"][number]): WantedTimer[] {
  return followUpsFor(counter).map(({ kind, attempt, dueAt }) => ({
    document_id: counter.documentId,
    verification: counter.verification,
    attempt,
    kind,
    due_at: new Date(dueAt),
    since: counter.lastAt,
  }));
}

function runningFrom({ since, due_at, ...timer }: WantedTimer, now: Date): Timer {
  const lateMs = Math.max(0, now.getTime() - since);
  return { ...timer, due_at: new Date(due_at.getTime() + lateMs) };
}

const keyOf = ({ document_id, verification, attempt, kind }: TimerKey): string =>
  JSON.stringify([document_id, verification, attempt, kind]);

async function cancel(trx: LedgerTransaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update follow_ups set status = 'cancelled' where id = any(${ids}::uuid[])`.execute(trx);
}

/**
 * By columns: row by row, a message may ask for more timers than a statement has parameters. One that was cancelled or postponed runs
 * under the next epoch: its old job may still lie in the queue.
 */
async function start(trx: LedgerTransaction, clientFileId: string, timers: Timer[]): Promise<WakeUp[]> {
  if (timers.length === 0) return [];
  const columns = [
    sql`${timers.map(() => uuidv7())}::uuid[]`,
    sql`${timers.map(({ document_id }) => document_id)}::text[]`,
    sql`${timers.map(({ verification }) => verification)}::text[]`,
    sql`${timers.map(({ attempt }) => attempt)}::integer[]`,
    sql`${timers.map(({ kind }) => kind)}::text[]`,
    sql`${timers.map(({ due_at }) => due_at)}::timestamptz[]`,
  ];
  const { rows } = await sql<Parameters<typeof followUpWakeUp>[0]>`
    insert into follow_ups as known (client_file_id, status, id, document_id, verification, attempt, kind, due_at)
    select ${clientFileId}::uuid, 'pending', timers.* from unnest(${sql.join(columns)}) as timers
    on conflict (${keyColumns}) do update
      set status = 'pending', epoch = known.epoch + 1, due_at = excluded.due_at
    returning id, epoch, client_file_id, due_at`.execute(trx);
  return rows.map(followUpWakeUp);
}
