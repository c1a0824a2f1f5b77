import { asReleased, type ClientFileView, explainChange, type NoticeThreshold, viewFor } from "@receiver/client-file";
import {
  type Audience,
  audiences,
  type ClientFileData,
  type FollowUp,
  type NotificationBody,
  type NotificationType,
  notificationBody,
} from "@receiver/contracts";
import { dayInAbidjan, daysUntil } from "@receiver/events";
import { addToOutbox, subscribersOf } from "../outbox.ts";
import type { Rules } from "../rules.ts";
import type { LedgerTransaction } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import { aliasesOf, type FileRow } from "./file-rows.ts";

/**
 * What makes us look at a file: an event (`cause` is its id), an operator, or the clock. `heard`: the event is word of the file that we did
 * not have. `stalls`: the clock finds that there was none for too long.
 */
export type Occasion = {
  now: Date;
  rules: Rules;
  cause: string | null;
  heard?: boolean;
  stalls?: boolean;
  timer?: FiredTimer;
  notice?: FiredNotice;
};
export type FiredNotice = { documentId: string; expiresOn: string; threshold: NoticeThreshold };
type FiredTimer = { kind: FollowUp; documentId: string; verification: string };

/** A file as the bank may know it, and as its customer may. */
export type Views = { whole: ClientFileView; customer: ClientFileView };
export type Change = { file: FileRow; before: Views | null; after: Views; version: number };

/**
 * Writes one outbox row per subscriber for a version of a file. What an audience may not see is taken out of the views
 * before they are compared, so a change that consists of nothing else is not told to it.
 */
export async function announceChange(trx: LedgerTransaction, change: Change, occasion: Occasion): Promise<WakeUp[]> {
  const subscribers = await subscribersOf(trx, change.file.companyId);
  if (subscribers.length === 0) return [];
  const aliases = await aliasesOf(trx, change.file.id);
  const bodies = new Map(audiences.map((audience) => [audience, bodyFor(audience, change, aliases, occasion)]));
  const rows = subscribers.flatMap((subscriber) => {
    const body = bodies.get(subscriber.audience);
    return body ? [{ subscriber, body }] : [];
  });
  const subject = { client_file_id: change.file.id, version: change.version, delivery_id: null };
  return addToOutbox(trx, rows, subject, occasion.now);
}

function bodyFor(
  audience: Audience,
  { file, version, ...views }: Change,
  aliases: string[],
  { now, cause, timer, notice }: Occasion,
): NotificationBody | null {
  const before = views.before && shownTo(audience, views.before);
  const after = shownTo(audience, views.after);
  const retries = timer ? after.retries.filter(isTimed(timer)) : after.retries;
  const documents = notice ? toldOf(after, notice, now) : [];
  const ofTimer = timer && retries.length > 0 ? typeOfTimer(audience, timer) : null;
  const ofNotice = notice && documents.length > 0 ? typeOfNotice(notice) : null;
  const type = notice ? ofNotice : (typeOf(audience, before, after) ?? ofTimer);
  if (!type) return null;
  const data: ClientFileData = {
    clientFileId: file.id,
    companyId: file.companyId,
    fileUuid: file.fileUuid,
    fileNumber: file.fileNumber,
    externalId: after.externalId,
    kind: after.kind,
    state: after.state,
    previousState: before?.state ?? null,
    version,
    flags: after.flags,
    score: after.score,
    confirmed: after.confirmed,
    processingEnded: after.processingEnded && !before?.processingEnded, // the version that ended it says so, no other
    aliases,
    cause,
  };
  // Parsing drops what the type doesn't carry: counters stay with verifications, documents with expiry.
  return notificationBody.parse({
    type,
    timestamp: now.toISOString(),
    data: { ...data, retries, documents, followUp: timer?.kind },
  });
}

/** What nobody outside may hear of yet is taken out first, so that nothing below can tell it. */
const shownTo = (audience: Audience, views: Views): ClientFileView =>
  viewFor(audience, asReleased(audience === "customer" ? views.customer : views.whole));

function typeOf(audience: Audience, before: ClientFileView | null, after: ClientFileView): NotificationType | null {
  const { changed, type } = explainChange(before, after);
  if (!changed) return null;
  if (audience !== "customer" || type !== "verification.retry_requested") return type;
  // Danaya may run the check again itself: who speaks to the customer hears of it from the timer, when the grace is over.
  return before?.state === after.state ? null : "client_file.state_changed";
}

/** By `retry_requested` somebody may ask the customer once more: that a retry may be given up is told by another type, and not to him. */
function typeOfTimer(audience: Audience, { kind }: FiredTimer): NotificationType | null {
  if (kind !== "abandonment") return "verification.retry_requested";
  return audience === "customer" ? null : "verification.escalated";
}

/** A timer speaks of its own check; another that is open on the same file has timers of its own. */
const isTimed =
  ({ documentId, verification }: FiredTimer) =>
  (counter: ClientFileView["retries"][number]): boolean =>
    counter.documentId === documentId && counter.verification === verification;

const typeOfNotice = ({ threshold }: FiredNotice): NotificationType =>
  threshold === 0 ? "document.expired" : "document.expiring";

/** The document that a notice tells of. */
function toldOf(view: ClientFileView, { documentId, expiresOn, threshold }: FiredNotice, now: Date) {
  const daysLeft = daysUntil(expiresOn, dayInAbidjan(now.getTime()));
  return view.documents
    .filter(({ id, expiry: { day } }) => id === documentId && day === expiresOn)
    .map(({ type }) => ({ documentId, type, expiresOn, daysLeft, threshold }));
}
