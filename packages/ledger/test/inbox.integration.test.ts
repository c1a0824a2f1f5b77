import { randomUUID } from "node:crypto";
import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openInbox } from "../src/inbox/index.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const upload = (seed: string) => danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed));
const problems = [{ path: "messageType", message: "must be one of four" }];
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

async function rowOf(id: string) {
  const [row] = await t.rows<{ status: string; epoch: number; sightings: number; attempts: number; problems: unknown }>(
    "select status, epoch, sightings, attempts, problems from deliveries where id = $1",
    [id],
  );
  return row;
}

describe("group commit", () => {
  test("deliveries that arrive together share a commit, because each commit costs a flush to disk", async () => {
    const receipts = await Promise.all(Array.from({ length: 400 }, (_, index) => t.receive(upload(`shared ${index}`))));

    expect(new Set(receipts.map(({ disposition }) => disposition))).toEqual(new Set(["accepted"]));
    // xmin is the transaction that wrote the row.
    const [written] = await t.rows<{ commits: number; rows: number }>(
      "select count(distinct xmin::text)::int as commits, count(*)::int as rows from deliveries",
    );
    expect(written?.rows).toBe(400);
    expect(written?.commits).toBeLessThanOrEqual(4);
  });

  test("what is answered is on disk, because nobody will send it again", async () => {
    const stored = Array.from({ length: 50 }, async (_, index) => {
      const body = upload(`on disk ${index}`);
      await t.receive(body);
      return rowOf(idOf(body)); // read by another connection, which sees what is committed
    });
    expect((await Promise.all(stored)).every((row) => row?.status === "pending")).toBe(true);
  });

  test("a row that Postgres refuses fails itself alone, because its neighbours are somebody else's messages", async () => {
    const bodies = Array.from({ length: 60 }, (_, index) => upload(`beside a bad one ${index}`));
    const deliveries = bodies.map((body, index) => ({ ...incoming(body), ...(index === 41 && { id: "no id" }) }));
    const outcomes = await Promise.allSettled(deliveries.map((delivery) => t.inbox.receive(delivery)));

    const rejected = outcomes.flatMap((outcome, index) => (outcome.status === "rejected" ? [{ index, outcome }] : []));
    expect(rejected).toMatchObject([{ index: 41, outcome: { reason: { code: "INTERNAL" } } }]);
    const [stored] = await t.rows<{ count: number }>(
      "select count(*)::int as count from deliveries where id = any($1)",
      [bodies.map(idOf)],
    );
    expect(stored?.count).toBe(59);
  });
});

describe("the bytes", () => {
  test("are kept as they came, NUL and invalid UTF-8 included, because they are the evidence", async () => {
    const body = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x00, 0x7d]);
    const id = idOf(body);
    await t.inbox.receive({
      id,
      body,
      type: null,
      companyId: null,
      receivedAt: NOW,
      receiptId: randomUUID(),
      problems,
    });

    expect(await t.ledger.deliveries.reveal(id, "awa", "complaint 12")).toEqual(body);
    expect(await t.ledger.deliveries.get(id)).toMatchObject({ sizeBytes: 6, status: "quarantined", problems });
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([
      { actor: "awa", action: "delivery.reveal", target: id, reason: "complaint 12" },
    ]);
  });

  test("seen twice are one delivery, counted and dated at each further sighting", async () => {
    const body = upload("seen three times");
    const dispositions = [];
    for (const seconds of [0, 5, 9]) dispositions.push((await t.receive(body, later(seconds))).disposition);

    expect(dispositions).toEqual(["accepted", "duplicate", "duplicate"]);
    expect(await t.ledger.deliveries.get(idOf(body))).toMatchObject({
      sightings: 3,
      receivedAt: NOW.toISOString(),
      lastSeenAt: later(9).toISOString(),
      seenAgainAt: [later(5).toISOString(), later(9).toISOString()],
    });
  });

  test("received at once by two processes are accepted once, because the primary key is the guard", async () => {
    const other = openInbox({ databaseUrl: t.url, applicationName: "test" });
    const bodies = Array.from({ length: 10 }, (_, index) => upload(`at once ${index}`));
    const receipts = await Promise.all(
      Array.from({ length: 20 }, (_, second) =>
        bodies.map((body) =>
          (second % 2 === 0 ? t.inbox : other).receive(incoming(body, { receivedAt: later(second) })),
        ),
      ).flat(),
    );
    await other.close();

    expect(receipts.filter(({ disposition }) => disposition === "accepted")).toHaveLength(bodies.length);
    expect(receipts.filter(({ disposition }) => disposition === "duplicate")).toHaveLength(19 * bodies.length);
    for (const body of bodies) {
      const delivery = await t.ledger.deliveries.get(idOf(body));
      expect(delivery?.sightings).toBe(20);
      // Each of the twenty has a second of its own: one is the receipt, the others are sightings.
      expect(new Set([delivery?.receivedAt, ...(delivery?.seenAgainAt ?? [])]).size).toBe(20);
    }
  });
});

describe("a duplicate", () => {
  test("of a delivery that waits is published again, because its first job may have been lost", async () => {
    const body = upload("waits");
    expect(await t.receive(body)).toEqual({ disposition: "accepted", publish: { epoch: 0 } });
    expect(await t.receive(body)).toEqual({ disposition: "duplicate", publish: { epoch: 0 } });
  });

  test("of an applied delivery asks for nothing", async () => {
    const body = upload("applied");
    await t.deliver(body);
    expect(await t.receive(body)).toEqual({ disposition: "duplicate", publish: null });
  });

  test("of a failed delivery tries it once more under the next epoch, because the old job's id is spent", async () => {
    const body = upload("failed");
    const id = idOf(body);
    await t.receive(body);
    await t.ledger.recordDeliveryFailure(id, { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
    expect(await rowOf(id)).toMatchObject({ status: "failed", attempts: 1 });

    expect(await t.receive(body)).toEqual({ disposition: "duplicate", publish: { epoch: 1 } });
    expect(await rowOf(id)).toMatchObject({ status: "pending", attempts: 0, sightings: 2 });
    expect(await t.receive(body)).toEqual({ disposition: "duplicate", publish: { epoch: 1 } });
  });

  test("of a quarantined delivery that the contract accepts by now is tried", async () => {
    const body = upload("quarantined");
    const first = await t.inbox.receive(incoming(body, { problems }));
    expect(first).toEqual({ disposition: "quarantined", publish: null });

    expect(await t.receive(body)).toEqual({ disposition: "duplicate", publish: { epoch: 1 } });
    expect(await rowOf(idOf(body))).toMatchObject({ status: "pending", problems: [] });
    expect(await t.ledger.applyDelivery(idOf(body), NOW)).toMatchObject({ kind: "applied" });
  });

  test("of a delivery that is broken still stays quarantined, and its problems are today's", async () => {
    const body = upload("broken still");
    await t.inbox.receive(incoming(body, { problems }));
    const today = [{ path: "companyId", message: "must be one of yours" }];

    const second = await t.inbox.receive(incoming(body, { problems: today }));
    expect(second).toEqual({ disposition: "duplicate", publish: null });
    expect(await rowOf(idOf(body))).toEqual({
      status: "quarantined",
      epoch: 0,
      sightings: 2,
      attempts: 0,
      problems: today,
    });
  });
});

describe("a record of failure", () => {
  test("of an earlier epoch leaves a delivery alone that was redriven meanwhile", async () => {
    const body = upload("redriven");
    const id = idOf(body);
    await t.receive(body);
    await t.ledger.deliveries.replay({ id }, { actor: "awa", reason: null });
    await t.ledger.recordDeliveryFailure(id, { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
    expect(await rowOf(id)).toMatchObject({ status: "pending", epoch: 1 });
  });

  test("tells the code, where it was thrown, and how often, because that is all that an operator has", async () => {
    const body = upload("fails twice");
    const id = idOf(body);
    await t.receive(body);
    await t.ledger.recordDeliveryAttempt(id, { code: "INTERNAL", frames: ["a.ts:1:1", "b.ts:2:2"] });
    expect(await t.ledger.deliveries.get(id)).toMatchObject({
      status: "pending",
      attempts: 1,
      errorCode: "INTERNAL",
      errorFrames: ["a.ts:1:1", "b.ts:2:2"],
    });

    const failure = { code: "DATABASE_CONTENTION", frames: [], epoch: 0, now: later(3) };
    await t.ledger.recordDeliveryFailure(id, failure);
    expect(await t.ledger.deliveries.get(id)).toMatchObject({
      status: "failed",
      attempts: 2,
      errorCode: "DATABASE_CONTENTION",
      errorFrames: [],
      settledAt: later(3).toISOString(),
    });

    await t.ledger.applyDelivery(id, NOW);
    expect(await t.ledger.deliveries.get(id)).toMatchObject({ status: "applied", errorCode: null });
  });
});
