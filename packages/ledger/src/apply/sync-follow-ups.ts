import { type ClientFileView, followUpsFor } from "@receiver/client-file";
import { v7 as uuidv7 } from "uuid";
import type { FollowUpsTable } from "../tables/client-files.ts";
import type { LedgerTransaction } from "../transaction.ts";
import { followUpWakeUp, type WakeUp } from "../wake-up.ts";

/** A file has one timer of each kind per attempt of a check. */
const key = ["client_file_id", "document_id", "verification", "attempt", "kind"] as const;
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
  const timers = await trx.selectFrom("follow_ups").selectAll().where("client_file_id", "=", file.from).execute();
  const of = (status: string) => timers.filter((timer) => timer.status === status);
  const copies = (status: string) => of(status).map((timer) => ({ ...timer, id: uuidv7(), client_file_id: file.to }));
  const insert = (status: string) => trx.insertInto("follow_ups").values(copies(status));

  await cancel(
    trx,
    of("pending").map(({ id }) => id),
  );
  if (of("done").length > 0) {
    const asked = { status: "done" } as const;
    await insert("done")
      .onConflict((conflict) => conflict.columns(key).doUpdateSet(asked))
      .execute();
  }
  if (of("pending").length > 0) {
    await insert("pending")
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
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
  await trx.updateTable("follow_ups").set({ status: "cancelled" }).where("id", "in", ids).execute();
}

async function start(trx: LedgerTransaction, clientFileId: string, timers: Timer[]): Promise<WakeUp[]> {
  if (timers.length === 0) return [];
  const rows = await trx
    .insertInto("follow_ups")
    .values(
      timers.map((timer) => ({ id: uuidv7(), client_file_id: clientFileId, status: "pending" as const, ...timer })),
    )
    // A timer that was cancelled or postponed runs under the next epoch: its old job may still lie in the queue.
    .onConflict((conflict) =>
      conflict.columns(key).doUpdateSet((eb) => ({
        status: "pending",
        epoch: eb("follow_ups.epoch", "+", 1),
        due_at: eb.ref("excluded.due_at"),
      })),
    )
    .returning(["id", "epoch", "client_file_id", "due_at"])
    .execute();
  return rows.map(followUpWakeUp);
}
