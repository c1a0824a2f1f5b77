import { asReleased, type ClientFileView, isDecided, viewFor } from "@receiver/client-file";
import type { State } from "@receiver/contracts";
import { aliasesOf } from "../apply/file-rows.ts";
import { stepKey } from "../apply/record-transitions.ts";
import { type FileRetention, retentionOf } from "../erasure/retention-of-file.ts";
import { actsOf, type ToldAct } from "../operators/list-acts.ts";
import type { LedgerDatabase } from "../transaction.ts";
import {
  deliveriesOf,
  type FileDelivery,
  type FileDocumentNotice,
  type FileFollowUp,
  type FileNotification,
  followUpsOf,
  historyOf,
  noticesOf,
  notificationsOf,
  type Transition,
} from "./client-file-records.ts";
import { type ClientFileSummary, type FileReader, summaryOf, viewIn } from "./client-files.ts";
import { type Superseding, supersedingOf } from "./superseding-files.ts";

/** `nextAction`: what happens next by the clock, unless a newer result comes. */
type Retry = ClientFileView["retries"][number] & { nextAction: Pick<FileFollowUp, "kind" | "dueAt"> | null };

export type ClientFileDetails = ClientFileSummary &
  Superseding & {
    aliases: string[];
    /** The steps that led to the state, in the order of their events; `version` and `recordedAt` say when each was learned. */
    transitions: Transition[];
    /** Everything that was ever recorded, in the order in which it was learned: includes steps that later knowledge replaced. */
    history: Transition[];
    documents: ClientFileView["documents"];
    documentNotices: FileDocumentNotice[];
    retries: Retry[];
    followUps: FileFollowUp[];
    deliveries: FileDelivery[];
    notifications: FileNotification[];
    retention: FileRetention;
    /** What operators did. */
    acts: ToldAct[];
  };

/**
 * @param id the file's own id or one that was merged into it. @param reader absent: somebody who may see all.
 * @returns null when nobody has it, or it is not the reader's to see, which is not told apart.
 */
export async function getClientFile(
  db: LedgerDatabase,
  id: string,
  reader?: FileReader,
): Promise<ClientFileDetails | null> {
  const row = await resolveFile(db, id);
  if (!row || !(reader?.companyIds.includes(row.company_id) ?? true)) return null;
  const summary = summaryOf(row, reader?.audience);
  const view = reader === undefined ? viewIn(row) : viewFor(reader.audience, asReleased(viewIn(row)));
  const followUps = await followUpsOf(db, row.id);
  const next = nextActions(followUps);
  const retention = await retentionOf(db, summary);
  const history = await historyOf(db, row.id);
  const learned = new Map(history.map((transition) => [stepKey(transition), transition]));
  const transitions = viewIn(row).path.flatMap((step) => {
    const shown = view.path.find(({ cause }) => cause === step.cause);
    const transition = shown && learned.get(stepKey(step));
    return transition ? [{ ...transition, from: shown.from, reversal: shown.reversal }] : [];
  });
  return {
    ...summary,
    ...(await supersedingOf(db, summary)),
    aliases: await aliasesOf(db, row.id),
    transitions,
    history: reader === undefined ? history : history.flatMap(asReleasedIn(transitions)),
    documents: view.documents,
    documentNotices: await noticesOf(db, summary),
    retries: view.retries.map((counter) => ({ ...counter, nextAction: next.get(checkOf(counter)) ?? null })),
    followUps: reader === undefined ? followUps : followUps.filter(isTimerOf(view)),
    deliveries: await deliveriesOf(db, summary),
    // What subscribers were told is operators' to see: it tells of checks, too. So are holds, whose reasons tell of suspicions.
    notifications: reader === undefined ? await notificationsOf(db, row.id) : [],
    retention: reader === undefined ? retention : { ...retention, holds: [] },
    acts: reader === undefined ? await actsOf(db, summary) : [],
  };
}

/**
 * A decision is nobody's outside before it was released, and the step that leaves it names it as well: what names one is shown as in the
 * path, or not at all.
 */
function asReleasedIn(transitions: readonly Transition[]) {
  const namesDecision = ({ from, to }: Transition) => isDecided(from as State) || isDecided(to as State);
  const isSame = (one: Transition, other: Transition) =>
    one.cause === other.cause && one.to === other.to && one.version === other.version;
  return (step: Transition): Transition[] =>
    namesDecision(step) ? transitions.filter((shown) => isSame(shown, step)) : [step];
}

/** Of each check. @param followUps in the order in which they are due */
function nextActions(followUps: readonly FileFollowUp[]): Map<string, Retry["nextAction"]> {
  const pending = followUps.filter(({ status }) => status === "pending").toReversed(); // the first is the last to be put in
  return new Map(pending.map((timer) => [checkOf(timer), { kind: timer.kind, dueAt: timer.dueAt }]));
}

const checkOf = ({ documentId, verification }: Pick<FileFollowUp, "documentId" | "verification">): string =>
  JSON.stringify([documentId, verification]);

/** Timers of counters that are shown. */
function isTimerOf({ retries }: ClientFileView) {
  const shown = new Set(retries.map(checkOf));
  return (timer: FileFollowUp) => shown.has(checkOf(timer));
}

export async function resolveFile(db: LedgerDatabase, id: string) {
  const read = (fileId: string) =>
    db.selectFrom("client_files").selectAll().where("id", "=", fileId).executeTakeFirst();
  const row = await read(id);
  return row?.merged_into ? read(row.merged_into) : row;
}
