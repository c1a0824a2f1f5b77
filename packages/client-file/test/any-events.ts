import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";

const from = <const T extends readonly unknown[]>(...values: T) => fc.constantFrom<T[number]>(...values);

const start = Date.parse("2026-10-01T10:00:00Z");
const forgedAt = Date.parse("2099-01-01T00:00:00Z");

/** Few seconds with several digits below, so that events collide. */
const time = fc
  .tuple(fc.nat({ max: 3 }), from(0, 1, 999))
  .map(([second, millisecond]) => start + second * 1000 + millisecond);

const document = fc.record({
  id: from("1", "2"),
  space: from("upload", "analysis"),
  type: from(null, "CNI", "SELFIE", "RCCM"),
  expiry: from(
    { day: null, disagree: false },
    { day: "2020-01-01", disagree: true },
    { day: "2026-12-20", disagree: false },
    { day: "2035-01-01", disagree: false },
  ),
});

const verification = fc.record({
  documentId: from("1", "2"),
  documentType: from(null, "CNI", "SELFIE"),
  verification: from("FACE_MATCH", "DB", "PEP", "UNKNOWN"),
  status: from("RETRY", "RETRY", "EXECUTED", null),
  confidence: from(null, 0.5, "0,7"),
  attempt: from(null, 1, 2, 3),
});

const statuses = [
  "IN_PROGRESS",
  "ANALYZED",
  "A_TRAITER",
  "VALIDER",
  "REJETER",
  "ERREUR",
  "NOUVEAU",
  " valider ",
] as const;

/** Resends come of few webhookIds and payloads, contradictions of few seconds and statuses. */
const saying: fc.Arbitrary<Omit<ClientFileEvent, "eventId">> = fc
  .record({
    source: from(
      "REGISTRATION",
      "UPLOAD",
      "RETRY",
      "ANALYSIS",
      "STATUS",
      "STATUS",
      "FLAT",
      "GET",
      "OPERATOR",
      "ABANDON",
    ),
    companyId: from("123"),
    webhookId: from("w1", "w2", null),
    payloadDigest: from("p1", "p2"),
    occurredAt: time,
    fileUuid: from(null, null, "u"),
    fileNumber: from("456"),
    externalId: from(null, "A", "B"),
    fileCreatedAt: from(null, start - 60_000),
    futureDated: from(false, false, false, true),
    status: from(null, ...statuses),
    score: from(null, 0.2, "0,9", 94),
    errorCodes: fc.constant<string[]>([]),
    documents: fc.array(document, { maxLength: 2 }),
    verifications: fc.array(verification, { maxLength: 2 }),
    decision: fc.constant(null),
    withdraws: fc.constant(null),
  })
  .map((said) => ({ ...said, occurredAt: said.futureDated ? forgedAt : said.occurredAt }));

/** Ids in no relation to the order, as digests are. */
export const anyEvents: fc.Arbitrary<ClientFileEvent[]> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 0xffff }), saying), { minLength: 1, maxLength: 12, selector: ([id]) => id })
  .map((entries) => entries.map(([id, said]) => ({ eventId: id.toString(16).padStart(4, "0"), ...said })));

/** The same events as they may arrive: in another order, some of them twice. */
export const arrivalOf = (events: readonly ClientFileEvent[]): fc.Arbitrary<ClientFileEvent[]> =>
  fc
    .subarray([...events])
    .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));
