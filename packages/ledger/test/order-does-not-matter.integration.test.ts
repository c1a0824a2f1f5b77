import {
  type ClientFileEvent,
  correlate,
  type DueFollowUp,
  defaultStatusMap,
  type Evidence,
  extractEvent,
  fold,
  followUpsFor,
  type Node,
  type RetryCounter,
} from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { documentedFixtures, fixtureCases, fixturesOfCase } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { payloadDigestOf } from "../src/apply/payload-digest.ts";
import { deliveryIdOf } from "../src/inbox/index.ts";
import { NOW, openTestLedger, settledFiles, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const forgetEverything = () => t.rows("truncate deliveries, events, client_files, status_maps cascade");

test("any deliveries, in any order, doubled and applied at once, give the files that the rules give for their set", async () => {
  let company = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: 2, maxLength: 14 }), fc.nat(), async (messages, shuffle) => {
      company += 1;
      const bodies = messages.map((message) => toBody(message, company));
      const disordered = shuffled([...bodies, ...bodies.slice(0, 4)], shuffle);
      await Promise.all(disordered.map((body) => t.receive(body)));
      await Promise.all(disordered.map((body) => t.ledger.applyDelivery(deliveryIdOf(body), NOW)));

      expect(await settledFiles(t.ledger, { companyId: String(company) })).toEqual(modelOf(bodies));
      expect(await refoldedAnew(String(company))).toEqual([]);
    }),
    { numRuns: 120 },
  );
});

test("the four documented deliveries end alike in all 24 orders, each sent twice", async () => {
  const bodies = documentedFixtures().map(({ bytes }) => bytes);
  const expected = modelOf(bodies);
  for (const order of permutations(bodies)) {
    await forgetEverything();
    for (const body of [...order, ...order]) await t.deliver(body);
    expect(await settledFiles(t.ledger)).toEqual(expected);
  }
});

test.each(fixtureCases())(
  "case %i ends alike in 20 random orders, the upload after the decision included",
  async (number) => {
    const bodies = fixturesOfCase(number).map(({ bytes }) => bytes);
    const expected = modelOf(bodies);
    for (let seed = 0; seed < 20; seed += 1) {
      await forgetEverything();
      const order = seed === 0 ? [...bodies].reverse() : shuffled([...bodies, ...bodies], seed);
      for (const body of order) await t.deliver(body);
      expect(await settledFiles(t.ledger)).toEqual(expected);
    }
  },
);

/** The files that another fold would change: whatever changed a file's events or links has folded it, too. */
async function refoldedAnew(companyId: string) {
  const { items } = await t.ledger.clientFiles.list({ companyId, limit: 100 });
  const by = { actor: "test", now: NOW, reason: null };
  const results = await Promise.all(items.map(({ id }) => t.ledger.clientFiles.refold(id, by)));
  return results.flatMap((result) => (result?.change.changed === false ? [] : [result]));
}

/** Few ids, few moments: so that deliveries meet. */
const story = fc.record({
  kind: fc.constantFrom("upload", "retry", "analysis", "status", "flat"),
  uuid: fc.constantFrom("u1", "u2", "u3"),
  number: fc.constantFrom(1, 2, 3),
  externalId: fc.constantFrom("X", "Y", null),
  createdAt: fc.constantFrom("2026-10-01T08:00:00Z", "2026-10-01T09:00:00Z"),
  second: fc.integer({ min: 10, max: 14 }),
  status: fc.constantFrom("VALIDER", "REJETER", "A_TRAITER", "IN_PROGRESS", "ARCHIVED"),
  webhookId: fc.constantFrom("w1", "w2"),
  attempt: fc.integer({ min: 1, max: 4 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

const messageTypes = {
  upload: "DOCUMENT_TO_ANALYSE_RECEIVED",
  retry: "RETRY_DOCUMENT_VERIFICATION",
  analysis: "ANALYSIS_RESULT",
  status: "CLIENT_FILE_STATUS_CHANGED",
};

function toBody(message: Story, company: number): Buffer {
  const { kind, uuid, number, externalId, createdAt, status, attempt } = message;
  const result = { verificationType: "FACE_MATCH", status: "RETRY", attempt };
  const documents = [{ id: 1, type: "CNI", verificationResults: kind === "retry" ? [result] : [] }];
  const analysed = { id: number, createdAt, status, externalId, documents };
  const payloads = {
    upload: { id: uuid, externalId, createdAt },
    retry: analysed,
    analysis: analysed,
    status: { id: number, status },
  };
  const timestamp = `2026-10-01T10:00:${message.second}Z`;
  const body =
    kind === "flat"
      ? { ...analysed, clientFileToAnalyzeId: uuid, company: { id: company } }
      : {
          webhookId: message.webhookId,
          companyId: company,
          messageType: messageTypes[kind],
          timestamp,
          payload: payloads[kind],
        };
  return Buffer.from(JSON.stringify(body));
}

/** The files by the pure rules alone, without a database and without an order. */
function modelOf(bodies: Buffer[]) {
  const events = [...new Map(bodies.map(eventOf).map((event) => [event.eventId, event])).values()];
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
        today: "2026-11-22",
        linksContradicted: contradicted,
        escalatedByClock: false,
      });
      const { state, flags, score, kind, externalId, retries, documents } = view;
      const timers = retries.flatMap((counter) => followUpsFor(counter).map((due) => timerOf(counter, due))).sort();
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
const timerOf = ({ documentId, verification, attempts, lastAt }: RetryCounter, { kind, dueAt }: DueFollowUp) =>
  `${documentId} ${verification} ${attempts} ${kind} ${new Date(NOW.getTime() + dueAt - lastAt).toISOString()}`;

function eventOf(body: Buffer): ClientFileEvent {
  const classification = classify(body);
  if (classification.kind !== "message") throw new Error("the model takes messages only");
  const context = { eventId: deliveryIdOf(body), payloadDigest: payloadDigestOf(body), receivedAt: NOW.getTime() };
  return extractEvent(classification.message, context);
}

const subjectOf = (event: ClientFileEvent): Node =>
  event.fileNumber === null
    ? { space: "uuid", id: event.fileUuid as string }
    : { space: "number", id: event.fileNumber };

function evidenceOf(events: ClientFileEvent[]): Evidence {
  const present = <T>(values: (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))];
  return {
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

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** Deterministic: a failing order can be run again. */
function shuffled<T>(items: T[], seed: number): T[] {
  let state = seed + 1;
  const draw = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  return items
    .map((item) => ({ item, key: draw() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
