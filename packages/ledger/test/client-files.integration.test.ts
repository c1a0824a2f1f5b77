import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import type { ClientFileFilter } from "../src/queries/client-files.ts";
import { decodeCursor } from "../src/queries/cursor.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const list = async (t: TestLedger, filter: Partial<ClientFileFilter> = {}) =>
  (await t.ledger.clientFiles.list({ limit: 50, ...filter })).items;

async function pages(t: TestLedger, limit: number, between: () => Promise<unknown> = async () => undefined) {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await t.ledger.clientFiles.list({ limit, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
    await between();
  } while (cursor !== undefined);
  return seen;
}

describe("the list", () => {
  test("answers each filter", async () => {
    await using t = await openTestLedger();
    const [a, b, c] = [inventFile("a"), inventFile("b"), inventFile("c", { companyId: 9 })];
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(a));
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(a, { attempt: 3 }));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(b));
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(c));

    const uuids = async (filter: Partial<ClientFileFilter>) => (await list(t, filter)).map(({ fileUuid }) => fileUuid);
    expect(await list(t)).toHaveLength(3);
    expect(await uuids({ companyId: "9" })).toEqual([c.uuid]);
    expect(await uuids({ fileNumber: String(a.number) })).toEqual([a.uuid]);
    expect(await uuids({ fileUuid: c.uuid })).toEqual([c.uuid]);
    expect(await uuids({ externalId: a.externalId })).toEqual([a.uuid]);
    expect(await uuids({ state: "APPROVED" })).toEqual([null]);
    expect(await uuids({ flag: "orphan" })).toEqual([null]);
    expect(await uuids({ flag: "escalated" })).toEqual([a.uuid]);
    expect(await uuids({ companyId: "9", flag: "orphan" })).toEqual([]);
    // A number is no uuid, though it be spelt alike: the two are spaces of their own.
    expect(await uuids({ fileNumber: c.uuid })).toEqual([]);
    expect(await list(t, { state: "APPROVED" })).toMatchObject([{ confirmation: "unconfirmed", score: 0.94 }]);
    expect(await list(t, { state: "RECEIVED" })).toMatchObject([{ confirmation: "none" }]);
  });

  test("finds nothing by a flag that some files hide from the reader, and no cursor that names one", async () => {
    await using t = await openTestLedger();
    for (const file of [inventFile("a"), inventFile("b")])
      await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { verificationType: "PEP_CHECK" }));
    const foundBy = async (audience: "compliance" | "operations") =>
      t.ledger.clientFiles.list({ limit: 1, flag: "escalated", reader: { companyIds: ["123"], audience } });
    expect(await foundBy("compliance")).toMatchObject({ items: [{}], nextCursor: expect.any(String) });
    expect(await foundBy("operations")).toEqual({ items: [], nextCursor: null });
  });

  test("is ordered by the latest event", async () => {
    await using t = await openTestLedger();
    for (const minute of [3, 1, 2]) {
      const openedAt = `2026-03-01T08:0${minute}:00Z`;
      await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(minute, { openedAt })));
    }
    expect((await list(t)).map(({ lastEventAt }) => lastEventAt)).toEqual(
      [3, 2, 1].map((minute) => `2026-03-01T08:0${minute}:00.000Z`),
    );
  });

  test("pages through files of one moment, each once, also while files are opened", async () => {
    await using t = await openTestLedger();
    const openedAt = "2026-03-01T08:00:00Z";
    const open = (seed: string, at = openedAt) =>
      t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed, { openedAt: at })));
    for (let index = 0; index < 20; index += 1) await open(`tie ${index}`);
    const all = (await list(t)).map(({ id }) => id);

    for (const limit of [1, 3, 19, 20, 21]) expect(await pages(t, limit)).toEqual(all);
    const seeds = ["newer", "newer still", "newest", "and one more"];
    const meanwhile = () => open(seeds.pop() ?? "", "2026-03-02T08:00:00Z");
    expect(await pages(t, 6, meanwhile)).toEqual(all);
  });

  test("gives cursors that are read back, and reads no others", () => {
    expect(decodeCursor("")).toBeNull();
    expect(decodeCursor("not a cursor")).toBeNull();
    for (const odd of [[], ["today", "id"], [1, 2], "x", null, ["2026-03-01T08:00:00Z"]]) {
      expect(decodeCursor(Buffer.from(JSON.stringify(odd)).toString("base64url"))).toBeNull();
    }
  });
});

describe("a file", () => {
  test("is found under the ids that were merged into it, because subscribers may know it by those", async () => {
    await using t = await openTestLedger();
    const file = inventFile("merged");
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    const apart = await list(t);
    expect(apart).toHaveLength(2);
    const [older, younger] = apart.map(({ id }) => id).sort();

    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    expect((await list(t)).map(({ id }) => id)).toEqual([older]);
    const held = await t.ledger.clientFiles.get(older ?? "");
    expect(held).toMatchObject({ id: older, aliases: [younger], state: "APPROVED", fileUuid: file.uuid });
    expect(await t.ledger.clientFiles.get(younger ?? "")).toEqual(held);
    expect(await t.ledger.clientFiles.refold(younger ?? "", { actor: "awa", now: NOW, reason: null })).toBeNull();
  });

  test("that nobody has is none", async () => {
    await using t = await openTestLedger();
    const nobody = "00000000-0000-7000-8000-000000000000";
    expect(await t.ledger.clientFiles.get(nobody)).toBeNull();
    expect(await t.ledger.clientFiles.refold(nobody, { actor: "awa", now: NOW, reason: null })).toBeNull();
  });

  test("shows its steps as they happened, and its history as it was learned", async () => {
    await using t = await openTestLedger();
    const file = inventFile("late");
    const [retry, analysis, approval] = [
      danaya.RETRY_DOCUMENT_VERIFICATION(file),
      danaya.ANALYSIS_RESULT(file),
      danaya.CLIENT_FILE_STATUS_CHANGED(file),
    ];
    const learnt = (hour: number) => new Date(NOW.getTime() + hour * 3_600_000);
    await t.deliver(approval, learnt(0));
    await t.deliver(analysis, learnt(1));
    await t.deliver(retry, learnt(2));

    const found = await t.ledger.clientFiles.get((await list(t))[0]?.id ?? "");
    const steps = (all: typeof history) => all.map(({ from, to, version }) => `${from} ${to} ${version}`);
    const history = found?.history ?? [];
    expect(steps(found?.transitions ?? [])).toEqual([
      "RECEIVED RETRY_REQUESTED 2",
      "RETRY_REQUESTED AWAITING_DECISION 2",
      "AWAITING_DECISION APPROVED 1",
    ]);
    expect(steps(history)).toEqual([
      "RECEIVED APPROVED 1",
      "RECEIVED AWAITING_DECISION 1", // the file is approved as before: no new version
      "AWAITING_DECISION APPROVED 1",
      "RECEIVED RETRY_REQUESTED 2",
      "RETRY_REQUESTED AWAITING_DECISION 2",
    ]);
    expect(found?.transitions[2]).toMatchObject({ cause: idOf(approval), recordedAt: learnt(1).toISOString() });
    expect(found?.deliveries.map(({ id }) => id)).toEqual([retry, analysis, approval].map(idOf));
  });

  test("lists its deliveries, timers and notifications, because that is its whole story", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    const file = inventFile("whole");
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    await t.receive(danaya.RETRY_DOCUMENT_VERIFICATION(file));

    const found = await t.ledger.clientFiles.get((await list(t))[0]?.id ?? "");
    expect(found).toMatchObject({
      deliveries: [
        { messageType: "DOCUMENT_TO_ANALYSE_RECEIVED", sightings: 1 },
        { messageType: "RETRY_DOCUMENT_VERIFICATION", sightings: 2 },
      ],
      followUps: [{ kind: "ask" }, { kind: "reminder" }, { kind: "escalation" }, { kind: "abandonment" }],
      notifications: [
        { subscriberId: subscriber.id, type: "client_file.received", version: 1, status: "pending", attempts: 0 },
        { type: "verification.retry_requested", version: 2 },
      ],
      retries: [{ verification: "FACE_MATCH", attempts: 1, status: "open", nextAction: { kind: "ask" } }],
    });
  });
});

describe("deliveries", () => {
  test("are listed by each filter, latest received first", async () => {
    await using t = await openTestLedger();
    const [a, b] = [inventFile("a"), inventFile("b", { companyId: 9 })];
    const second = (n: number) => new Date(NOW.getTime() + n * 1_000);
    const [applied, pending, refused] = [
      danaya.ANALYSIS_RESULT(a),
      danaya.DOCUMENT_TO_ANALYSE_RECEIVED(b),
      { messageType: "OF_TOMORROW", companyId: 9 },
    ];
    await t.deliver(applied, second(0));
    await t.receive(pending, second(1));
    await t.receive(refused, second(2));
    const found = async (filter: Partial<Parameters<TestLedger["ledger"]["deliveries"]["list"]>[0]>) =>
      (await t.ledger.deliveries.list({ limit: 10, ...filter })).items.map(({ id }) => id);

    expect(await found({})).toEqual([refused, pending, applied].map(idOf));
    expect(await found({ disposition: "quarantined" })).toEqual([idOf(refused)]);
    expect(await found({ status: "applied" })).toEqual([idOf(applied)]);
    expect(await found({ messageType: "DOCUMENT_TO_ANALYSE_RECEIVED" })).toEqual([idOf(pending)]);
    expect(await found({ companyId: "9" })).toEqual([refused, pending].map(idOf));
    expect(await found({ from: second(1), to: second(2) })).toEqual([idOf(pending)]);
    expect(await found({ q: idOf(pending).slice(0, 8) })).toEqual([idOf(pending)]);
    expect(await found({ q: idOf(pending) })).toEqual([idOf(pending)]);
    expect(await found({ q: "%" })).toEqual([]);
    expect(await found({ q: idOf(pending).slice(1, 9) })).toEqual([]);
  });

  test("of one moment are paged through, each once", async () => {
    await using t = await openTestLedger();
    for (let index = 0; index < 7; index += 1) await t.receive(danaya.ANALYSIS_RESULT(inventFile(index)));
    const first = await t.ledger.deliveries.list({ limit: 4 });
    const second = await t.ledger.deliveries.list({ limit: 4, cursor: first.nextCursor ?? "" });
    expect(second.nextCursor).toBeNull();
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(7);
  });
});
