import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { dumpTables } from "./dump-tables.ts";
import { NOW, openTestLedger, settledFiles, type TestLedger } from "./open-test-ledger.ts";

const file = inventFile("looked-up");
const asked = { companyId: "123", fileUuid: file.uuid, askedAt: NOW };
const saying = (answer: object): Uint8Array => Buffer.from(JSON.stringify({ id: file.number, ...answer }));
const everything = { askedBefore: NOW };
const page = { after: null, limit: 100 };

const openUuids = async (t: TestLedger, filter: Parameters<TestLedger["ledger"]["lookUps"]["open"]>[0] = everything) =>
  (await t.ledger.lookUps.open(filter, page)).map(({ fileUuid }) => fileUuid);

describe("what Danaya's API says of a file", () => {
  test("decides it, is told, and ties the number, because the answer bears both ids", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    const outcome = await t.ledger.lookUps.record({ ...asked, body: saying({ status: "VALIDER" }) }, NOW);

    expect(outcome).toMatchObject({
      kind: "recorded",
      changes: [{ state: { before: "RECEIVED", after: "APPROVED" } }],
      wakeUps: [{ queue: "NOTIFICATION" }],
    });
    expect(await settledFiles(t.ledger)).toMatchObject([
      { fileUuid: file.uuid, fileNumber: String(file.number), state: "APPROVED", flags: [] },
    ]);
    const told = await t.toldTo(subscriber);
    expect(told.map(({ type }) => type)).toEqual(["client_file.received", "client_file.approved"]);
  });

  test("once more changes nothing, because a run may die between the commit and its next line", async () => {
    await using t = await openTestLedger();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    const answer = { ...asked, body: saying({ status: "VALIDER" }) };
    await t.ledger.lookUps.record(answer, NOW);
    const before = await dumpTables(t);
    expect(await t.ledger.lookUps.record(answer, NOW)).toMatchObject({ changes: [{ changed: false }], wakeUps: [] });
    expect(await dumpTables(t)).toEqual(before);
  });

  test("changes nothing where it can't be read", async () => {
    await using t = await openTestLedger();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    const before = await dumpTables(t);
    const outcome = await t.ledger.lookUps.record({ ...asked, body: saying({ status: 7 }) }, NOW);
    expect(outcome).toMatchObject({ kind: "unreadable", problems: [{ path: "status" }] });
    expect(await dumpTables(t)).toEqual(before);
  });

  test("that names another number than is known unties the file and flags it: an operator decides", async () => {
    await using t = await openTestLedger();
    await t.deliver(danaya.FLAT_CLIENT_FILE(file));
    await t.ledger.lookUps.record({ ...asked, body: saying({ id: 99, status: "VALIDER" }) }, NOW);

    const files = await settledFiles(t.ledger);
    expect(files.map(({ fileUuid, fileNumber }) => [fileUuid, fileNumber])).toEqual(
      expect.arrayContaining([
        [null, String(file.number)],
        [null, "99"],
      ]),
    );
    for (const { flags } of files) expect(flags).toContain("conflict");
  });

  test("comes to the same file whichever comes first, the answer or the delivery that it agrees with", async () => {
    const decision = danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: minutesAfter(file, 30) });
    const settled = [];
    for (const first of ["answer", "delivery"]) {
      await using t = await openTestLedger();
      await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
      if (first === "delivery") await t.deliver(decision);
      await t.ledger.lookUps.record({ ...asked, body: saying({ status: "VALIDER" }) }, NOW);
      if (first === "answer") await t.deliver(decision);
      settled.push(await settledFiles(t.ledger));
    }
    expect(settled[0]).toEqual(settled[1]);
  });
});

describe("the open files", () => {
  test("are those without a decision, and those whose decision is in doubt, that have a uuid", async () => {
    await using t = await openTestLedger();
    const [fresh, approved, reopened, orphan] = ["fresh", "approved", "reopened", "orphan"].map((seed) =>
      inventFile(seed),
    ) as [typeof file, typeof file, typeof file, typeof file];
    for (const one of [fresh, approved, reopened]) await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(one));
    for (const one of [approved, reopened]) {
      await t.deliver(danaya.FLAT_CLIENT_FILE(one));
      await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(one, { timestamp: minutesAfter(one, 60) }));
    }
    await t.deliver(danaya.ANALYSIS_RESULT(reopened, { timestamp: minutesAfter(reopened, 90) }));
    await t.deliver(danaya.ANALYSIS_RESULT(orphan));

    expect((await openUuids(t)).sort()).toEqual([fresh.uuid, reopened.uuid].sort());
    expect(await t.ledger.lookUps.count(everything)).toEqual({
      byState: [
        { state: "APPROVED", files: 1 },
        { state: "RECEIVED", files: 1 },
      ],
      withoutUuid: 1,
    });
  });

  test("leave out who has answered since a time, so that a run that was interrupted goes on", async () => {
    await using t = await openTestLedger();
    const [first, second] = [inventFile("first"), inventFile("second")];
    for (const one of [first, second]) await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(one));
    const body = saying({ id: first.number, status: "A_TRAITER" });
    await t.ledger.lookUps.record({ ...asked, fileUuid: first.uuid, body }, NOW);

    expect(await openUuids(t, { askedBefore: NOW })).toEqual([second.uuid]);
    expect(await openUuids(t, { askedBefore: new Date(NOW.getTime() + 1) })).toHaveLength(2);
  });

  test("can be narrowed to a company and to those that something happened to, and come in pages", async () => {
    await using t = await openTestLedger();
    const ours = inventFile("ours", { openedAt: "2026-11-20T08:00:00Z" });
    const old = inventFile("old", { openedAt: "2026-01-01T08:00:00Z" });
    const theirs = inventFile("theirs", { companyId: 7 });
    for (const one of [ours, old, theirs]) await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(one));

    expect(await openUuids(t, { ...everything, companyId: "7" })).toEqual([theirs.uuid]);
    expect(await openUuids(t, { ...everything, since: new Date("2026-11-01T00:00:00Z") })).toEqual([ours.uuid]);

    const [one] = await t.ledger.lookUps.open(everything, { after: null, limit: 1 });
    const others = await t.ledger.lookUps.open(everything, { after: one?.clientFileId ?? null, limit: 2 });
    expect([one, ...others].map((found) => found?.fileUuid).sort()).toEqual(
      [ours, old, theirs].map((f) => f.uuid).sort(),
    );
  });
});
