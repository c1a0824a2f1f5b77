import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLedger, type StallLimits } from "../src/index.ts";
import { idOf, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const HOUR = 3_600_000;
const limits: StallLimits = {
  RECEIVED: 24 * HOUR,
  IN_ANALYSIS: 24 * HOUR,
  RETRY_REQUESTED: 7 * 24 * HOUR,
  AWAITING_DECISION: 72 * HOUR,
  ERROR: null,
  UNCONFIRMED: HOUR,
};
const HEARD = new Date("2026-11-22T12:00:00Z");
const after = (hours: number) => new Date(HEARD.getTime() + hours * HOUR);

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(() => t.forget("deliveries", "events", "client_files", "subscribers"));
afterAll(async () => t[Symbol.asyncDispose]());

const file = inventFile("quiet", { openedAt: "2026-11-01T08:00:00Z" }); // Danaya's dates are long past when we hear of it
const upload = danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file);
const stuck = (now: Date) => t.ledger.stalls.find({ limits, now, limit: 10 });
const flagged = async () => (await t.ledger.clientFiles.list({ flag: "stalled", limit: 10 })).items;

async function stallAll(now: Date, ledger = t.ledger) {
  const found = await stuck(now);
  return Promise.all(found.map(({ clientFileId }) => ledger.stalls.raise(clientFileId, { limits, now })));
}

/** What Danaya's API says of the file, bearing the number that it has. */
const ask = (status: string, now: Date) => {
  const body = Buffer.from(JSON.stringify({ id: file.number, status }));
  return t.ledger.lookUps.record({ companyId: "123", fileUuid: file.uuid, askedAt: now, body }, now);
};

describe("a file of which nothing is heard", () => {
  test("is stalled when its state's time is over since we learned of it, whatever its dates say, and told of once", async () => {
    const [operations, customer] = [await t.subscribe(), await t.subscribe({ audience: "customer" })];
    await t.deliver(upload, HEARD);
    expect(await stuck(new Date(after(24).getTime() - 1))).toEqual([]);
    expect(await stallAll(after(24))).toMatchObject([{ waitsFor: "RECEIVED", wakeUps: [{ queue: "NOTIFICATION" }] }]);
    expect(await stuck(after(1_000))).toEqual([]);

    expect(await flagged()).toMatchObject([{ state: "RECEIVED", version: 2, flags: ["stalled"] }]);
    expect(await t.ledger.stalls.count()).toEqual([{ state: "RECEIVED", files: 1 }]);
    expect((await t.toldTo(operations)).slice(1)).toMatchObject([
      { type: "client_file.stalled", data: { flags: ["stalled"], cause: null, version: 2 } },
    ]);
    expect(await t.toldTo(customer)).toHaveLength(1);
  });

  test("is stalled by one of several workers", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(upload, HEARD);
    const [{ clientFileId } = { clientFileId: "" }] = await stuck(after(24));
    const clock = { limits, now: after(24) };
    const raised = await Promise.all([1, 2, 3].map(() => t.ledger.stalls.raise(clientFileId, clock)));
    expect(raised.filter((outcome) => outcome !== null)).toHaveLength(1);
    expect(await t.toldTo(subscriber)).toHaveLength(2);
  });

  test("is stalled no longer with the next event, which starts its time anew, and may be stalled again", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(upload, HEARD);
    await stallAll(after(24));
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, { status: "IN_PROGRESS" }), after(30));
    expect(await flagged()).toEqual([]);
    expect(await stuck(after(53))).toEqual([]);
    expect(await stallAll(after(54))).toMatchObject([{ waitsFor: "IN_ANALYSIS" }]);
    expect((await t.toldTo(subscriber)).map(({ type }) => type)).toEqual([
      "client_file.received",
      "client_file.stalled",
      "client_file.state_changed",
      "client_file.stalled",
    ]);
  });

  test("stays so while look-ups find what it was: they neither lower the flag nor start its time anew", async () => {
    const subscriber = await t.subscribe();
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, { status: "IN_PROGRESS" }), HEARD);
    await ask("IN_PROGRESS", after(12));
    expect(await stallAll(after(24))).toHaveLength(1);
    for (const hours of [48, 72]) await ask("IN_PROGRESS", after(hours));
    expect(await flagged()).toHaveLength(1);
    expect(await t.toldTo(subscriber)).toHaveLength(2);
    await ask("A_TRAITER", after(96));
    expect(await flagged()).toEqual([]);
    expect(await stuck(after(96 + 71))).toEqual([]);
  });

  test("stays so when a delivery is applied once more, because it tells nothing new", async () => {
    await t.deliver(upload, HEARD);
    await stallAll(after(24));
    await t.rows("update deliveries set status = 'pending'");
    const [row] = await t.rows<{ id: string }>("select id from deliveries");
    expect(await t.ledger.applyDelivery(row?.id ?? "", after(25))).toMatchObject({ kind: "applied" });
    expect(await flagged()).toHaveLength(1);
  });

  test("is not stalled by its merging with another, because an event tied them", async () => {
    await t.deliver(upload, HEARD);
    const retry = danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { externalId: null } });
    await t.deliver(retry, HEARD);
    await stallAll(after(24 * 7));
    expect(await flagged()).toHaveLength(2);
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, { status: "IN_PROGRESS", documents: [] }), after(24 * 8));
    expect(await flagged()).toEqual([]);
    expect(await stuck(after(24 * 8 + 23))).toEqual([]);
  });
});

describe("nothing is stalled", () => {
  test("that is decided and released; a decision that waits for confirmation is, after an hour", async () => {
    const rules = { confirm: "decisions", lookUps: null } as const;
    const confirming = openLedger({ databaseUrl: t.url, applicationName: "test", rules });
    const decision = danaya.CLIENT_FILE_STATUS_CHANGED(file);
    await t.receive(decision, HEARD);
    await confirming.applyDelivery(idOf(decision), HEARD);
    expect(await stuck(after(0.9))).toEqual([]);
    expect(await stallAll(after(1), confirming)).toMatchObject([{ waitsFor: "UNCONFIRMED" }]);
    await confirming.lookUps.record(
      {
        companyId: "123",
        fileUuid: file.uuid,
        askedAt: after(2),
        body: Buffer.from(`{"id":${file.number},"status":"VALIDER"}`),
      },
      after(2),
    );
    expect(await flagged()).toEqual([]);
    expect(await stuck(after(10_000))).toEqual([]);
    await confirming.close();
  });

  test("that has no limit, and that an operator gave up, until somebody speaks of it", async () => {
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file, { payload: { status: "ERREUR" } }), HEARD);
    expect(await stuck(after(10_000))).toEqual([]);
    await t.rows("update client_files set state = 'IN_ANALYSIS', given_up = true");
    expect(await stuck(after(10_000))).toEqual([]);
    await t.deliver(
      danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: minutesAfter(file, 90), payload: { status: "A_TRAITER" } }),
      after(1),
    );
    expect(await stuck(after(100))).toMatchObject([{ waitsFor: "AWAITING_DECISION" }]);
  });

  test("while deliveries wait to be applied, because after an outage what was missed lies among them", async () => {
    await t.deliver(upload, HEARD);
    const waiting = danaya.CLIENT_FILE_STATUS_CHANGED(file);
    await t.receive(waiting, after(1));
    expect(await stuck(after(48))).toEqual([]);
    await t.ledger.applyDelivery(idOf(waiting), after(48));
    expect(await stuck(after(48))).toMatchObject([{ waitsFor: "RECEIVED" }]); // tied to no uuid: the upload is still alone
  });

  test("for two days of such waiting at most, because a delivery that nothing ever applies must not silence all files", async () => {
    await t.deliver(upload, HEARD);
    await t.receive(danaya.CLIENT_FILE_STATUS_CHANGED(file), after(1));
    expect(await stuck(after(1 + 48))).toEqual([]);
    expect(await stuck(after(1 + 48.1))).toMatchObject([{ waitsFor: "RECEIVED" }]);
  });
});

test("the files to look at are found by their index, because most files are decided", async () => {
  await t.deliver(upload, HEARD);
  await t.rows(`insert into client_files (id, company_id, home_space, home_id, file_uuid, state, released_state, flags,
      opened_at, last_event_at, view, customer_view)
    select gen_random_uuid(), '9', 'uuid', n::text, n::text, case n % 50 when 0 then 'RECEIVED' else 'APPROVED' end, 'APPROVED', '{}',
      now(), now(), 'null', 'null' from generate_series(1, 5000) n`);
  await t.rows("analyze client_files");
  const plan = await t.rows<{ "QUERY PLAN": string }>(`explain select id from client_files
    where merged_into is null and not given_up and not flags @> '{stalled}'
      and (state not in ('APPROVED', 'REJECTED') or released_state <> state)
      and state = any('{RECEIVED}'::text[]) and coalesce(heard_at, last_event_at) <= now()`);
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("client_files_waiting");
});
