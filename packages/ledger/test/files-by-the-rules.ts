import {
  type CarriedOver,
  type ClientFileView,
  correlate,
  type DueFollowUp,
  defaultStatusMap,
  fold,
  followUpsFor,
  type Node,
  type RetryCounter,
} from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { type ClientFileEvent, dayInAbidjan, extractEvent } from "@receiver/events";
import { evidenceOf } from "../../client-file/test/files-of.ts";
import { payloadDigestOf } from "../src/apply/payload-digest.ts";
import { deliveryIdOf } from "../src/inbox/index.ts";

/**
 * The files by the pure rules alone, without a database and without an order: what {@link settledFiles} must come to. All deliveries are
 * received and applied at `now`. @param acts of operators
 */
export function filesByTheRules(bodies: readonly Buffer[], now: Date, acts: readonly ClientFileEvent[] = []) {
  const said = [...bodies.map((body) => eventOf(body, now)), ...acts];
  const events = [...new Map(said.map((event) => [event.eventId, event])).values()];
  const correlation = correlate(evidenceOf(events));
  const subjects = new Map<string, { uuid: string | null; number: string | null; contradicted: boolean }>();
  for (const node of events.map(subjectOf)) {
    const partner = correlation.partnerOf(node);
    const uuid = node.space === "uuid" ? node.id : partner;
    const number = node.space === "number" ? node.id : partner;
    subjects.set(JSON.stringify([uuid, number]), { uuid, number, contradicted: correlation.contradicted(node) });
  }
  const alone = [...subjects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { uuid, number, contradicted }]) => {
      const own = events.filter((event) =>
        event.fileNumber === null ? event.fileUuid === uuid : event.fileNumber === number,
      );
      const context = {
        statusMap: defaultStatusMap,
        confirm: "never",
        today: dayInAbidjan(now.getTime()),
        linksContradicted: contradicted,
        escalatedByClock: [],
        stalledByClock: false,
      } as const;
      return { uuid, number, own, context, view: fold(own, { ...context, carried: [] }) };
    });
  return alone.map((file) => {
    const { uuid, number, own, context } = file;
    const view = fold(own, { ...context, carried: carriedInto(file, alone) });
    const { state, flags, score, kind, externalId, retries, documents } = view;
    const timers = retries.flatMap((counter) => followUpsFor(counter).map((due) => timerOf(counter, due, now))).sort();
    const path = view.path.map(({ from, to, cause, occurredAt }) => ({
      ...{ from, to, cause },
      occurredAt: new Date(occurredAt).toISOString(),
    }));
    const companyId = (own[0] as ClientFileEvent).companyId;
    return {
      companyId,
      fileUuid: uuid,
      fileNumber: number,
      externalId,
      kind,
      state,
      flags,
      score,
      retries,
      timers,
      documents,
      path,
    };
  });
}

type LoneFile = { uuid: string | null; number: string | null; view: ClientFileView };

/** Each own attempt of each earlier file with the same externalId, once. */
function carriedInto(file: LoneFile, files: readonly LoneFile[]): CarriedOver[] {
  const earlier = files
    .filter(({ view }) => view.externalId !== null && view.externalId === file.view.externalId)
    .filter((other) => isBefore(other, file));
  return file.view.retries.flatMap(({ documentType, verification }) => {
    const same = earlier
      .flatMap(({ view }) => view.retries)
      .filter((counter) => counter.documentType === documentType && counter.verification === verification);
    const attempts = same.reduce((sum, counter) => sum + counter.attempts, 0);
    return documentType === null ? [] : [{ documentType, verification, attempts }];
  });
}

function isBefore(a: LoneFile, b: LoneFile): boolean {
  if (a.view.openedAt !== b.view.openedAt) return a.view.openedAt < b.view.openedAt;
  if (a.number !== b.number) return (a.number ?? "") < (b.number ?? "");
  return (a.uuid ?? "") < (b.uuid ?? "");
}

/** Everything is learned at the same moment, long after it happened: the time of a retry runs from then. */
const timerOf = (
  { documentId, verification, lastAt }: RetryCounter,
  { kind, attempt, dueAt }: DueFollowUp,
  now: Date,
) => `${documentId} ${verification} ${attempt} ${kind} ${new Date(now.getTime() + dueAt - lastAt).toISOString()}`;

function eventOf(body: Buffer, now: Date): ClientFileEvent {
  const classification = classify(body);
  if (classification.kind !== "message") throw new Error("the model takes messages only");
  const context = { eventId: deliveryIdOf(body), payloadDigest: payloadDigestOf(body), receivedAt: now.getTime() };
  return extractEvent(classification.message, context);
}

const subjectOf = (event: ClientFileEvent): Node =>
  event.fileNumber === null
    ? { space: "uuid", id: event.fileUuid as string }
    : { space: "number", id: event.fileNumber };
