import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

  test("and was committed by a statement whose answer came too late is known by its moment", async () => {
    await t.inbox.receive(spooled("late answer"));
    await t.inbox.receiveSpooled([spooled("late answer")]);
    expect(await rowOf("late answer")).toMatchObject({ sightings: 1 });
  });

  test("and is being committed by such a statement at this moment is known by its moment, too", async () => {
    const { id, receivedAt } = spooled("answer at this moment");
    const late = `
      insert into deliveries (id, company_id, message_type, disposition, status, received_at, last_seen_at, sightings, problems)
      values ('${id}', '123', 'DOCUMENT_TO_ANALYSE_RECEIVED', 'accepted', 'pending', '${receivedAt.toISOString()}',
        '${receivedAt.toISOString()}', 1, '[]');
      insert into delivery_bodies (delivery_id, body) values ('${id}', '{}')`;
    await t.holding(late, async (commit) => {
      const receipts = t.inbox.receiveSpooled([spooled("answer at this moment")]);
      await t.untilWaiting();
      await commit();
      expect(await receipts).toEqual([{ disposition: "duplicate", publish: { epoch: 0 } }]);
    });
    expect(await rowOf("answer at this moment")).toMatchObject({ sightings: 1 });
    expect(await t.rows("select from delivery_sightings where delivery_id = $1", [id])).toEqual([]);
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
