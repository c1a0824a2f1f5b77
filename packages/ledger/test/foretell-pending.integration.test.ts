import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { groupByKey } from "../src/foretell/group-by-key.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const file = inventFile("observed");
const story = [
  danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
  danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { liveness: 0.4 } }),
  danaya.FLAT_CLIENT_FILE(file),
  danaya.CLIENT_FILE_STATUS_CHANGED(file),
];
const other = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("another"), { payload: { status: "EN_REVUE" } });

/** A minute apart, in this order. */
async function receiveAll(t: TestLedger, bodies: typeof story): Promise<void> {
  for (const [minutes, body] of bodies.entries()) await t.receive(body, new Date(NOW.getTime() + minutes * 60_000));
}

describe("foretelling the pending deliveries", () => {
  test("sees those of one file together, tells what would come of them, and leaves every table as it was", async () => {
    await using t = await openTestLedger();
    await t.subscribe({ name: "core banking" });
    await receiveAll(t, [story[0] as never, other, ...story.slice(1), { messageType: "OF_TOMORROW" }]);
    const before = await dumpTables(t);

    const foretold = await t.ledger.deliveries.foretellPending({ limit: 100 }, NOW);
    expect(foretold.applied.map(({ id }) => id)).toEqual([...story, other].map(idOf)); // file by file
    const states = foretold.changes.map(({ state }) => `${state.before} to ${state.after}`);
    expect(states).toEqual([
      ...["null to RECEIVED", "RECEIVED to RETRY_REQUESTED"], // tied by their externalId
      ...["RETRY_REQUESTED to AWAITING_DECISION", "AWAITING_DECISION to APPROVED"],
      "null to RECEIVED",
    ]);
    expect(foretold.changes.at(-1)?.flags.after).toEqual(["orphan", "unknown-status"]);
    expect(foretold.notifications).toContainEqual({
      type: "client_file.approved",
      subscriber: "core banking",
      count: 1,
    });
    expect(foretold.followUps).toBe(4); // to ask, to remind, to escalate, to give up
    expect(foretold.drift.map(({ kind, name, deliveryId }) => [kind, name, deliveryId])).toEqual([
      ["field", "payload.liveness", idOf(story[1] as never)],
      ["status", "EN_REVUE", idOf(other)],
    ]);
    expect(foretold.quarantined).toMatchObject([{ messageType: "OF_TOMORROW", path: "messageType", count: 1 }]);
    expect(foretold).toMatchObject({ pending: 5, refused: [], failing: [] });
    expect(await dumpTables(t)).toEqual(before);
  });

  test("looks at so many and at those since, and says how many there are", async () => {
    await using t = await openTestLedger();
    await receiveAll(t, story);
    const since = new Date(NOW.getTime() + 60_000);
    const foretold = await t.ledger.deliveries.foretellPending({ since, limit: 2 }, NOW);
    expect(foretold.applied.map(({ id }) => id)).toEqual(story.slice(1, 3).map(idOf));
    expect(foretold.pending).toBe(3);
  });

  test("names the one that would fail and foretells the others", async () => {
    await using t = await openTestLedger();
    const later = danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: minutesAfter(file, 90) });
    await receiveAll(t, [...story.slice(0, 1), later]);
    await t.rows(
      "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$",
    );
    await t.rows("create trigger poison before insert on transitions for each row execute function refuse()");
    const { failing, applied } = await t.ledger.deliveries.foretellPending({ limit: 10 }, NOW);
    expect(failing).toEqual([{ deliveryId: idOf(later), code: "INTERNAL" }]);
    expect(applied.map(({ id }) => id)).toEqual(story.slice(0, 1).map(idOf));
  });
});

test("what shares a key is one group, through a third one, too, in the order given", () => {
  const items = ["a", "b", "c", "ab", "d", "bc"].map((name) => ({ name, keys: [...name] }));
  expect(groupByKey(items).map((group) => group.map(({ name }) => name))).toEqual([["a", "b", "c", "ab", "bc"], ["d"]]);
});
