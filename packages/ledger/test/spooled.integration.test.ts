import { danaya, inventFile } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IncomingDelivery } from "../src/inbox/index.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const upload = (seed: string) => danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed));
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const spooled = (seed: string, receivedAt = NOW) => incoming(upload(seed), { receivedAt });
const rowOf = async (seed: string) => {
  const [row] = await t.rows("select status, epoch, sightings, received_at from deliveries where id = $1", [
    idOf(upload(seed)),
  ]);
  return row;
};

describe("what waited on disk", () => {
  test("is stored in one transaction with the moment of its receipt, and wakes its worker", async () => {
    const batch = Array.from({ length: 200 }, (_, index) => spooled(`batch ${index}`, at(index)));
    const receipts = await t.inbox.receiveSpooled(batch);
    expect(receipts).toEqual(batch.map(() => ({ disposition: "accepted", publish: { epoch: 0 } })));
    const [written] = await t.rows(
      "select count(distinct xmin::text)::int as commits, count(*)::int as rows from deliveries",
    );
    expect(written).toEqual({ commits: 1, rows: 200 });
    expect(await rowOf("batch 7")).toMatchObject({ status: "pending", received_at: at(7) });
  });

  test("and was stored before is no further sighting, because a draining that was cut short tells it twice", async () => {
    const batch = [spooled("told twice", at(1)), spooled("told twice", at(2)), spooled("told twice", at(3))];
    await t.inbox.receiveSpooled(batch.slice(0, 2));
    const receipts = await t.inbox.receiveSpooled(batch);
    expect(receipts).toEqual(batch.map(() => ({ disposition: "duplicate", publish: { epoch: 0 } })));
    expect(await rowOf("told twice")).toMatchObject({ sightings: 3 });
  });

  test("and was committed by a statement whose answer came too late is no further sighting", async () => {
    const late = spooled("late answer");
    await t.inbox.receive(late);
    await t.inbox.receiveSpooled([late]);
    expect(await rowOf("late answer")).toMatchObject({ sightings: 1 });
  });

  test("nor is it one where that statement comes after the draining, because a server that hung takes up what it was sent", async () => {
    const [first, second] = [spooled("statement after all", at(1)), spooled("statement after all", at(1))];
    await t.inbox.receiveSpooled([first]);
    expect(await t.inbox.receive(first)).toEqual({ disposition: "duplicate", publish: { epoch: 0 } });
    await t.inbox.receiveSpooled([second]);
    await t.inbox.receive(second);
    expect(await rowOf("statement after all")).toMatchObject({ sightings: 2 });
    expect(await t.ledger.deliveries.get(first.id)).toMatchObject({ seenAgainAt: [at(1).toISOString()] });
  });

  test("and is being committed by such a statement at this moment is none, too", async () => {
    const late = spooled("answer at this moment");
    const underWay = `
      insert into deliveries (id, company_id, message_type, disposition, status, received_at, last_seen_at, sightings, problems,
        first_receipt)
      values ('${late.id}', '123', 'DOCUMENT_TO_ANALYSE_RECEIVED', 'accepted', 'pending', '${NOW.toISOString()}',
        '${NOW.toISOString()}', 1, '[]', '${late.receiptId}');
      insert into delivery_bodies (delivery_id, body) values ('${late.id}', '{}')`;
    await t.holding(underWay, async (commit) => {
      const receipts = t.inbox.receiveSpooled([late]);
      await t.untilWaiting();
      await commit();
      expect(await receipts).toEqual([{ disposition: "duplicate", publish: { epoch: 0 } }]);
    });
    expect(await rowOf("answer at this moment")).toMatchObject({ sightings: 1 });
    expect(await t.rows("select from delivery_sightings where delivery_id = $1", [late.id])).toEqual([]);
  });

  test("tries nothing again that failed meanwhile, because only another arrival is a reason to", async () => {
    const [late, other] = [spooled("failed meanwhile"), spooled("failed meanwhile")];
    await t.inbox.receive(late);
    await t.ledger.recordDeliveryFailure(late.id, { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
    expect(await t.inbox.receiveSpooled([late])).toEqual([{ disposition: "duplicate", publish: null }]);
    expect(await rowOf("failed meanwhile")).toMatchObject({ status: "failed", epoch: 0, sightings: 1 });
    await t.inbox.receiveSpooled([late, other]);
    expect(await rowOf("failed meanwhile")).toMatchObject({ status: "pending", epoch: 1, sightings: 2 });
  });

  test("counts each receipt once, in whatever batches, order and doubling the receipts of a body come", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 }), { minLength: 1 }),
        async (batches) => {
          const arrivals = Array.from({ length: 6 }, () => spooled(`in batches ${run}`));
          for (const batch of batches)
            await t.inbox.receiveSpooled(batch.map((index) => arrivals[index] as IncomingDelivery));
          const expected = new Set(batches.flat()).size;
          expect(await rowOf(`in batches ${run++}`)).toMatchObject({ sightings: expected });
        },
      ),
      { numRuns: 30 },
    );
  });

  test("and was applied meanwhile wakes nobody", async () => {
    await t.deliver(upload("applied meanwhile"));
    expect(await t.inbox.receiveSpooled([spooled("applied meanwhile")])).toEqual([
      { disposition: "duplicate", publish: null },
    ]);
  });

  test("is stored as a whole or not at all, so that who drains knows what is left", async () => {
    const batch = [spooled("beside a bad one"), { ...spooled("bad"), id: "no id" }];
    await expect(t.inbox.receiveSpooled(batch)).rejects.toMatchObject({ code: "INTERNAL" });
    expect(await rowOf("beside a bad one")).toBeUndefined();
  });
});
