import { operatorEvent } from "@receiver/events";
import { documentedFixtures, fixtureCases, fixturesOfCase } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliveryIdOf } from "../src/inbox/index.ts";
import { filesByTheRules } from "./files-by-the-rules.ts";
import { NOW, openTestLedger, settledFiles, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const forgetEverything = () => t.forget("deliveries", "events", "client_files", "status_maps");

test("any deliveries and acts of operators, in any order, doubled and applied at once, give the files that the rules give for their set", async () => {
  let company = 1_000;
  await fc.assert(
    fc.asyncProperty(said, acts, fc.nat(), async (messages, operators, shuffle) => {
      company += 1;
      const bodies = messages.map((message) => toBody(message, company));
      const done = operators.map((act, nth) => toEvent(act, company, nth));
      const disordered = shuffled([...bodies, ...bodies.slice(0, 4)], shuffle);
      await Promise.all(disordered.map((body) => t.receive(body)));
      const applications = [
        ...disordered.map((body) => () => t.ledger.applyDelivery(deliveryIdOf(body), NOW)),
        ...done.map((event) => () => t.act(event)),
      ];
      await Promise.all(shuffled(applications, shuffle).map((apply) => apply()));

      expect(await settledFiles(t.ledger, { companyId: String(company) })).toEqual(filesByTheRules(bodies, NOW, done));
      expect(await refoldedAnew(String(company))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test("the four documented deliveries end alike in all 24 orders, each sent twice", async () => {
  const bodies = documentedFixtures().map(({ bytes }) => bytes);
  const expected = filesByTheRules(bodies, NOW);
  for (const order of permutations(bodies)) {
    await forgetEverything();
    for (const body of [...order, ...order]) await t.deliver(body);
    expect(await settledFiles(t.ledger)).toEqual(expected);
  }
});

test.each(fixtureCases())(
  "case %i ends alike in 6 random orders, the upload after the decision included",
  async (number) => {
    const bodies = fixturesOfCase(number).map(({ bytes }) => bytes);
    const expected = filesByTheRules(bodies, NOW);
    for (let seed = 0; seed < 6; seed += 1) {
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
const said = fc.array(story, { minLength: 2, maxLength: 14 });
const acts = fc.array(
  fc.record({
    act: fc.constantFrom("LINK", "UNLINK", "ABANDON"),
    uuid: fc.constantFrom("u1", "u2", "u3"),
    number: fc.constantFrom("1", "2", "3"),
    second: fc.integer({ min: 10, max: 14 }),
  }),
  { maxLength: 4 },
);
type Act = typeof acts extends fc.Arbitrary<(infer T)[]> ? T : never;

/** Who gives up the retries of a number names no uuid. */
const toEvent = ({ act, uuid, number, second }: Act, company: number, nth: number) =>
  operatorEvent({
    eventId: `operator-${company}-${nth}`,
    act,
    companyId: String(company),
    fileUuid: act === "ABANDON" ? null : uuid,
    fileNumber: number,
    occurredAt: Date.parse(`2026-10-01T10:00:${second}Z`),
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
