import {
  type ClientFileEvent,
  correlate,
  type DueFollowUp,
  dayInAbidjan,
  defaultStatusMap,
  type Evidence,
  extractEvent,
  fold,
  followUpsFor,
  type Node,
  type RetryCounter,
} from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { payloadDigestOf } from "../src/apply/payload-digest.ts";
import { deliveryIdOf } from "../src/inbox/index.ts";

/**
 * The files by the pure rules alone, without a database and without an order: what {@link settledFiles} must come to. All deliveries are
 * received and applied at `now`.
 */
export function filesByTheRules(bodies: readonly Buffer[], now: Date) {
  const events = [...new Map(bodies.map((body) => eventOf(body, now)).map((event) => [event.eventId, event])).values()];
  const correlation = correlate(evidenceOf(events));
  const subjects = new Map<string, { uuid: string | null; number: string | null; contradicted: boolean }>();
  for (const node of events.map(subjectOf)) {
    const partner = correlation.partnerOf(node);
    const uuid = node.space === "uuid" ? node.id : partner;
    const number = node.space === "number" ? node.id : partner;
    subjects.set(JSON.stringify([uuid, number]), { uuid, number, contradicted: correlation.contradicted(node) });
  }
  return [...subjects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { uuid, number, contradicted }]) => {
      const own = events.filter((event) =>
        event.fileNumber === null ? event.fileUuid === uuid : event.fileNumber === number,
      );
      const view = fold(own, {
        statusMap: defaultStatusMap,
        confirm: "never",
        today: dayInAbidjan(now.getTime()),
        linksContradicted: contradicted,
        escalatedByClock: false,
        stalledByClock: false,
      });
      const { state, flags, score, kind, externalId, retries, documents } = view;
      const timers = retries
        .flatMap((counter) => followUpsFor(counter).map((due) => timerOf(counter, due, now)))
        .sort();
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

/** Everything is learned at the same moment, long after it happened: the time of a retry runs from then. */
const timerOf = (
  { documentId, verification, attempts, lastAt }: RetryCounter,
  { kind, dueAt }: DueFollowUp,
  now: Date,
) => `${documentId} ${verification} ${attempts} ${kind} ${new Date(now.getTime() + dueAt - lastAt).toISOString()}`;

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

function evidenceOf(events: ClientFileEvent[]): Evidence {
  const present = <T>(values: (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))];
  return {
    apart: [],
    strong: events.flatMap(({ fileUuid, fileNumber }) =>
      fileUuid !== null && fileNumber !== null ? [{ uuid: fileUuid, number: fileNumber }] : [],
    ),
    weak: present(events.map((event) => event.externalId)).map((externalId) => {
      const bearers = events.filter((event) => event.externalId === externalId);
      return {
        externalId,
        uuids: present(bearers.map((event) => event.fileUuid)),
        numbers: present(bearers.map((event) => event.fileNumber)),
        createdAts: present(bearers.map((event) => event.fileCreatedAt)),
      };
    }),
  };
}
