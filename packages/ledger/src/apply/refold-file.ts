import { explainChange, isDecided, type Submission, submissionOf } from "@receiver/client-file";
import type { Flag, State } from "@receiver/contracts";
import { dayInAbidjan } from "@receiver/events";
import { writeAudit } from "../audit.ts";
import { entriesInForce, readEntries } from "../status-map.ts";
import type { LedgerTransaction } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import { announceChange, type Occasion, type Views } from "./announce-change.ts";
import { clockEscalations } from "./clock-escalations.ts";
import { loadEvents } from "./events.ts";
import type { FileRow } from "./file-rows.ts";
import { foldViews } from "./fold-views.ts";
import { recordTransitions } from "./record-transitions.ts";
import { carriedOver, submissionsIn } from "./superseding.ts";
import { syncFollowUps } from "./sync-follow-ups.ts";
import { syncLookUps } from "./sync-look-ups.ts";
import { syncNotices } from "./sync-notices.ts";

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

/** `submissions`: where its retries count, or counted before. */
export type Folded = { change: FileChange; wakeUps: WakeUp[]; submissions: Submission[] };

/**
 * Folds a file's events anew and writes what came of it: the view, the transitions that were not known, the outbox rows
 * for whoever is to be told, the timers of its retries, the notices of its documents. The caller holds the file's locks.
 */
export async function refoldFile(trx: LedgerTransaction, file: FileRow, occasion: Occasion): Promise<Folded> {
  const { now, rules } = occasion;
  const stored = await trx
    .selectFrom("client_files")
    .select(["view", "customer_view", "version", clockEscalations, entriesInForce.as("status_map")])
    .where("id", "=", file.id)
    .executeTakeFirstOrThrow();
  const before = viewsIn(stored);
  const events = await loadEvents(trx, file);
  // Read under the file's locks: whoever waited for them must not fold under a map that was replaced meanwhile.
  const statusMap = readEntries(stored.status_map);
  const context = {
    statusMap,
    confirm: rules.confirm,
    today: dayInAbidjan(now.getTime()),
    linksContradicted: file.linksContradicted,
    escalatedByClock: stored.clock_escalations,
    carried: await carriedOver(trx, file, submissionOf(events, statusMap)),
  };
  const { after, heard } = foldViews(events, context, before, occasion);
  // What a customer may not know can hide the very change that he may: a file that compliance reopened is reopened for him later.
  const changed = (["whole", "customer"] as const).some(
    (view) => explainChange(before?.[view] ?? null, after[view]).changed,
  );
  const version = changed ? stored.version + 1 : stored.version;

  await saveViews(trx, file.id, after, { version, heardAt: heard ? now : null });
  const paths = { before: before?.whole ?? null, after: after.whole };
  await syncNotices(trx, file, paths);
  const learned = await recordTransitions(trx, file.id, { ...paths, version, now });
  const wakeUps = await syncFollowUps(trx, file.id, paths, now);
  await syncLookUps(trx, file, after.whole, occasion);
  if (changed) wakeUps.push(...(await announceChange(trx, { file, before, after, version }, occasion)));
  const change: FileChange = {
    clientFileId: file.id,
    version,
    changed,
    state: { before: before?.whole.state ?? null, after: after.whole.state },
    flags: { before: before?.whole.flags ?? [], after: after.whole.flags },
    reversed: learned.some((step) => step.reversal),
  };
  for (const { cause, from, to } of learned.filter((step) => step.reversal)) {
    await writeAudit(trx, { actor: cause, action: "decision.reversed", target: file.id, reason: `${from} to ${to}` });
  }
  return { change, wakeUps, submissions: submissionsIn(paths, events) };
}

/** Null before the first fold: a row is opened and folded in one transaction. */
export function viewsIn(row: { view: Views["whole"] | null; customer_view: Views["customer"] | null }): Views | null {
  const { view, customer_view: customer } = row;
  return view && customer && { whole: inThisVersion(view), customer: inThisVersion(customer) };
}

/** Of a version that released every state, carried nothing over, kept no times of confidences, and told no escalated retry from others. */
export const inThisVersion = (view: Views["whole"]): Views["whole"] => ({
  ...view,
  released: view.released ?? { state: view.state, score: view.score, confirmed: view.confirmed },
  retries: view.retries.map((counter) => ({
    ...counter,
    carried: counter.carried ?? 0,
    confidenceHistory: counter.confidenceHistory ?? [],
    escalated: counter.escalated ?? view.flags.includes("escalated"),
  })),
});

/** @param heardAt null: nothing was heard of it now */
export async function saveViews(
  trx: LedgerTransaction,
  id: string,
  { whole: view, customer }: Views,
  { version, heardAt }: { version: number; heardAt: Date | null },
): Promise<void> {
  await trx
    .updateTable("client_files")
    .set({
      view: JSON.stringify(view),
      customer_view: JSON.stringify(customer),
      version,
      state: view.state,
      released_state: view.released.state,
      flags: view.flags,
      external_id: view.externalId,
      opened_at: new Date(view.openedAt),
      last_event_at: new Date(view.lastEventAt),
      given_up: view.waitsFor === null && !isDecided(view.state),
      ...(heardAt && { heard_at: heardAt }),
    })
    .where("id", "=", id)
    .execute();
}
