import type { Rules } from "../rules.ts";
import type { FollowUpsTable } from "../tables/client-files.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import { followUpWakeUp, type WakeUp } from "../wake-up.ts";
import { announceChange, type Occasion } from "./announce-change.ts";
import { type FileRow, lockFile } from "./file-rows.ts";
import { refoldFile, viewsIn } from "./refold-file.ts";

export type FollowUpOutcome =
  | { kind: "done"; clientFileId: string; wakeUps: WakeUp[] }
  /** A newer result came, or it fired before. */
  | { kind: "obsolete" }
  /** The job ran ahead of its row: wake again when it is due. */
  | { kind: "not-due"; wakeUps: WakeUp[] }
  | { kind: "not-found" };

/** Fires a timer once: asks, reminds, escalates, or tells operators that it may be given up. What it does is committed with the row that says so. */
export async function fireFollowUp(
  db: LedgerDatabase,
  rules: Rules,
  followUpId: string,
  now: Date,
): Promise<FollowUpOutcome> {
  return inTransaction(db, async (trx, foreseen) => {
    const read = () => trx.selectFrom("follow_ups").selectAll().where("id", "=", followUpId);
    const seen = await read().executeTakeFirst();
    if (!seen) return { kind: "not-found" };
    const file = await lockFile(trx, seen.client_file_id, foreseen);
    if (!file) return { kind: "obsolete" }; // merged into another, which has timers of its own
    const { status, due_at, kind, document_id: documentId, verification } = await read().executeTakeFirstOrThrow();
    if (status !== "pending") return { kind: "obsolete" };
    if (due_at > now) return postpone(trx, followUpId);

    await trx.updateTable("follow_ups").set({ status: "done" }).where("id", "=", followUpId).execute();
    const wakeUps = await fire[kind](trx, file, { now, rules, cause: null, timer: { kind, documentId, verification } });
    return { kind: "done", clientFileId: file.id, wakeUps };
  });
}

/** The finished job's id is spent: the next one needs the next epoch. */
async function postpone(trx: LedgerTransaction, followUpId: string): Promise<FollowUpOutcome> {
  const row = await trx
    .updateTable("follow_ups")
    .set((eb) => ({ epoch: eb("epoch", "+", 1) }))
    .where("id", "=", followUpId)
    .returning(["id", "epoch", "client_file_id", "due_at"])
    .executeTakeFirstOrThrow();
  return { kind: "not-due", wakeUps: [followUpWakeUp(row)] };
}

type Fire = (trx: LedgerTransaction, file: FileRow, occasion: Occasion) => Promise<WakeUp[]>;

const fire: Record<FollowUpsTable["kind"], Fire> = {
  ask: remind,
  reminder: remind,
  escalation: escalate,
  abandonment: remind,
};

async function escalate(trx: LedgerTransaction, file: FileRow, occasion: Occasion): Promise<WakeUp[]> {
  await trx.updateTable("client_files").set({ escalated_by_clock: true }).where("id", "=", file.id).execute();
  return (await refoldFile(trx, file, occasion)).wakeUps;
}

/** Nothing about the file changes: it has another version, so that subscribers are told once more. */
async function remind(trx: LedgerTransaction, file: FileRow, occasion: Occasion): Promise<WakeUp[]> {
  const { version, ...stored } = await trx
    .updateTable("client_files")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("id", "=", file.id)
    .returning(["view", "customer_view", "version"])
    .executeTakeFirstOrThrow();
  const views = viewsIn(stored);
  return views ? announceChange(trx, { file, before: views, after: views, version }, occasion) : [];
}
