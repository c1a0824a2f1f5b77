import { type ClientFileView, dayInAbidjan, explainChange, fold } from "@receiver/client-file";
import type { Flag, State } from "@receiver/contracts";
import { currentStatusMap } from "../status-map.ts";
import type { LedgerTransaction } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import { announceChange, type Occasion } from "./announce-change.ts";
import { loadEvents } from "./events.ts";
import type { FileRow } from "./file-rows.ts";
import { recordTransitions } from "./record-transitions.ts";
import { syncFollowUps } from "./sync-follow-ups.ts";

/** What a refold did to a file, told so that it can be logged and shown: nothing personal. */
export type FileChange = {
  clientFileId: string;
  version: number;
  /** State, flags or counters differ: subscribers are told. */
  changed: boolean;
  state: { before: State | null; after: State };
  flags: { before: Flag[]; after: Flag[] };
  /** An approval or refusal was taken back. */
  reversed: boolean;
};

/**
 * Folds a file's events anew and writes what came of it: the view, the transitions that were not known, the outbox rows
 * for whoever is to be told, the timers of its retries. The caller holds the file's locks.
 */
export async function refoldFile(
  trx: LedgerTransaction,
  file: FileRow,
  occasion: Occasion,
): Promise<{ change: FileChange; wakeUps: WakeUp[] }> {
  const { now } = occasion;
  const stored = await trx
    .selectFrom("client_files")
    .select(["view", "version", "escalated_by_clock"])
    .where("id", "=", file.id)
    .executeTakeFirstOrThrow();
  const before = stored.view;
  const after = fold(await loadEvents(trx, file), {
    // Read under the file's locks: whoever waited for them must not fold under a map that was replaced meanwhile.
    statusMap: (await currentStatusMap(trx)).entries,
    today: dayInAbidjan(now.getTime()),
    orphanLinksConflict: file.linksContradicted,
    escalatedByClock: stored.escalated_by_clock,
  });
  const { changed } = explainChange(before, after);
  const version = changed ? stored.version + 1 : stored.version;

  await saveView(trx, file.id, after, version);
  const learned = await recordTransitions(trx, file.id, { before, after, version, now });
  const wakeUps = await syncFollowUps(trx, file.id, after);
  if (changed) wakeUps.push(...(await announceChange(trx, { file, before, after, version }, occasion)));
  const change: FileChange = {
    clientFileId: file.id,
    version,
    changed,
    state: { before: before?.state ?? null, after: after.state },
    flags: { before: before?.flags ?? [], after: after.flags },
    reversed: learned.some((step) => step.reversal),
  };
  return { change, wakeUps };
}

async function saveView(trx: LedgerTransaction, id: string, view: ClientFileView, version: number): Promise<void> {
  await trx
    .updateTable("client_files")
    .set({
      view: JSON.stringify(view),
      version,
      state: view.state,
      flags: view.flags,
      external_id: view.externalId,
      opened_at: new Date(view.openedAt),
      last_event_at: new Date(view.lastEventAt),
    })
    .where("id", "=", id)
    .execute();
}
