import { describe, expect, test } from "vitest";
import { openDatabase } from "../src/database.ts";
import { dryRunReplay } from "../src/dry-run-replay.ts";
import type { FileChange } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import type { LedgerTables } from "../src/tables.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";
import { analysis, approval, by, problems, retry, story, upload } from "./replayed-story.ts";

/** Quarantined under a contract that was narrower than today's. */
async function quarantined(t: TestLedger, body: typeof upload): Promise<void> {
  await t.inbox.receive(incoming(body, { problems }));
}

describe("a dry run", () => {
  test("tells what would change and leaves every table as it was", async () => {
    await using t = await openTestLedger();
    await t.subscribe();
    await t.deliver(upload);
    await t.deliver(analysis);
    await quarantined(t, approval);
    const before = await dumpTables(t);

    const dryRun = await t.ledger.deliveries.dryRunReplay({ filter: {}, limit: 10 }, NOW);
    expect(dryRun.deliveryIds.toSorted()).toEqual([upload, analysis, approval].map(idOf).toSorted());
    expect(dryRun.changes).toMatchObject([
      { changed: true, version: 2, state: { before: "AWAITING_DECISION", after: "APPROVED" } },
    ]);
    expect(await dumpTables(t)).toEqual(before);
  });

  test("foretells what the replay then does", async () => {
    await using t = await openTestLedger();
    for (const body of story) await quarantined(t, body);
    const selection = { filter: {}, limit: 10 };
    const foretold = await t.ledger.deliveries.dryRunReplay(selection, NOW);

    const { wakeUps, deliveryIds } = await t.ledger.deliveries.replay(selection, by);
    expect(foretold.deliveryIds).toEqual(deliveryIds);
    const changes: FileChange[] = [];
    for (const { id } of wakeUps) {
      const outcome = await t.ledger.applyDelivery(id, NOW);
      if (outcome.kind === "applied") changes.push(...outcome.changes);
    }
    const gist = (all: FileChange[]) => all.map(({ state, flags, version }) => ({ state, flags, version }));
    expect(gist(foretold.changes)).toEqual(gist(changes.filter(({ changed }) => changed)));
  });
});

describe("a dry run of many", () => {
  test("ends when it has held their files for long enough, and says where", async () => {
    await using t = await openTestLedger();
    for (const [index, body] of story.entries()) await t.receive(body, new Date(NOW.getTime() + index));
    const db = openDatabase<LedgerTables>({ databaseUrl: t.url, applicationName: "test" });
    const first = await dryRunReplay(
      db,
      { masterKeys: null, rules: rulesWithoutApi },
      { filter: {}, limit: 10 },
      NOW,
      0,
    );
    expect(first.deliveryIds).toEqual([idOf(upload)]); // one at least, or it would never get on
    const selection = { filter: {}, limit: 10, cursor: first.nextCursor ?? "" };
    expect((await dryRunReplay(db, { masterKeys: null, rules: rulesWithoutApi }, selection, NOW)).deliveryIds).toEqual(
      [retry, analysis, approval].map(idOf),
    );
    await db.destroy();
  });

  test("names the one that would fail still, and foretells the others, because that is what an operator asks", async () => {
    await using t = await openTestLedger();
    for (const body of story) await t.receive(body);
    await t.rows(
      "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$",
    );
    await t.rows(
      `create trigger poison before insert on transitions for each row when (new.cause = '${idOf(analysis)}') execute function refuse()`,
    );
    const before = await dumpTables(t);
    const dryRun = await t.ledger.deliveries.dryRunReplay({ filter: {}, limit: 10 }, NOW);
    expect(dryRun.failing).toEqual([{ deliveryId: idOf(analysis), code: "INTERNAL" }]);
    expect(dryRun.deliveryIds.toSorted()).toEqual([upload, retry, approval].map(idOf).toSorted());
    expect(dryRun.changes.at(-1)).toMatchObject({ state: { after: "APPROVED" } });
    expect(await dumpTables(t)).toEqual(before);
  });
});
