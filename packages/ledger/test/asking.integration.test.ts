import type { InventedFile } from "@receiver/testing";
import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import type { GateRules } from "../src/look-ups/gate.ts";
import type { Rules } from "../src/rules.ts";
import { NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const rules: Rules = {
  confirm: "decisions",
  lookUps: { openAfterMs: [2 * MINUTE_MS, 10 * MINUTE_MS, DAY_MS], decidedAfterMs: [7 * DAY_MS] },
};
const gate: GateRules = { perSecond: 100, opensAfter: 2, closedMs: { first: 30_000, most: 600_000 } };

const opened = () => openTestLedger({ rules });
const after = (ms: number) => new Date(NOW.getTime() + ms);
const by = { actor: "awa", now: NOW };
const upload = (file: InventedFile) => ({ companyId: "123", fileUuid: file.uuid, externalId: file.externalId });
const saying = (file: InventedFile, status: string) => Buffer.from(JSON.stringify({ id: file.number, status }));

const take = (t: TestLedger, now: Date, limit = 10) => t.ledger.lookUps.take({ limit, gate, now });
const answer = (t: TestLedger, file: InventedFile, status: string, now: Date) =>
  t.ledger.lookUps.record({ companyId: "123", fileUuid: file.uuid, askedAt: now, body: saying(file, status) }, now);
const dueIn = async (t: TestLedger): Promise<(number | null)[]> =>
  (await t.rows<{ due_at: Date | null }>("select due_at from look_ups order by file_uuid")).map(
    ({ due_at }) => due_at && due_at.getTime() - NOW.getTime(),
  );

describe("an upload that was registered before any webhook", () => {
  test("is asked about by the table until somebody decides, and then whether that still stands", async () => {
    await using t = await opened();
    const file = inventFile("registered");
    await t.ledger.clientFiles.register(upload(file), by);
    expect(await take(t, after(2 * MINUTE_MS - 1))).toEqual([]);

    for (const at of [2 * MINUTE_MS, 10 * MINUTE_MS]) {
      const [turn, ...others] = await take(t, after(at));
      expect(others).toEqual([]);
      expect(turn).toMatchObject({ fileUuid: file.uuid, question: "open" });
      if (turn)
        expect(await t.ledger.lookUps.settle(turn, { now: after(at), random: 0 })).toEqual({ exhausted: false });
    }
    expect(await dueIn(t)).toEqual([DAY_MS]);

    await answer(t, file, "VALIDER", after(DAY_MS));
    expect(await dueIn(t)).toEqual([8 * DAY_MS]);
    const [turn] = await take(t, after(8 * DAY_MS));
    expect(turn?.question).toBe("decided");
    if (turn) expect(await t.ledger.lookUps.settle(turn, { now: after(8 * DAY_MS) })).toEqual({ exhausted: false });
    expect(await dueIn(t)).toEqual([null]);
  });

  test("that nobody ever decides on is named when the table is at its end", async () => {
    await using t = await opened();
    const { clientFileId } = await t.ledger.clientFiles.register(upload(inventFile("forgotten")), by);
    const [turn] = await take(t, after(2 * MINUTE_MS));
    // A day without asking: what it let pass is not made up for.
    if (turn)
      expect(await t.ledger.lookUps.settle(turn, { now: after(2 * DAY_MS) })).toEqual({
        exhausted: true,
        clientFileId,
      });
    expect(await take(t, after(100 * DAY_MS))).toEqual([]);
  });
});

test("an upload that was linked by mistake is not asked about for ever: parted again, nobody holds it", async () => {
  await using t = await opened();
  const file = inventFile("linked to a slip of the pen");
  await t.deliver(danaya.ANALYSIS_RESULT(file));
  const [{ id } = { id: "" }] = (await t.ledger.clientFiles.list({ limit: 1 })).items;
  for (const kind of ["link", "unlink"] as const) {
    const { version = 0 } = (await t.ledger.clientFiles.get(id)) ?? {};
    const acting = { actor: "awa", reason: "a slip", now: NOW, version, dryRun: false };
    const act = { kind, other: { fileUuid: "no such upload" } };
    expect(await t.ledger.operators.act(id, act, acting)).toMatchObject({ kind: "done" });
  }
  const [turn] = await take(t, after(2 * MINUTE_MS));
  expect(turn).toMatchObject({ fileUuid: "no such upload" });
  if (turn) expect(await t.ledger.lookUps.settle(turn, { now: after(2 * DAY_MS) })).toEqual({ exhausted: false });
  expect(await take(t, after(3 * DAY_MS))).toEqual([]);
});

describe("a decision that came by webhook alone", () => {
  const file = inventFile("claimed");
  const claimed = async (t: TestLedger, rest: { timestamp?: string } = {}) => {
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.FLAT_CLIENT_FILE(file));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file, { ...rest, payload: { score: 0.987 } }));
  };

  test("is asked about at once, and told only when the API agrees", async () => {
    await using t = await opened();
    const subscriber = await t.subscribe();
    await claimed(t);
    expect((await take(t, NOW)).map(({ question }) => question)).toEqual(["doubt"]);
    expect((await t.toldTo(subscriber)).map(({ type }) => type)).not.toContain("client_file.approved");

    await answer(t, file, "VALIDER", NOW);
    const told = (await t.toldTo(subscriber)).filter(({ type }) => type === "client_file.approved");
    expect(told).toMatchObject([{ data: { state: "APPROVED", confirmed: true, flags: [] } }]);
  });

  test("is told by no other type either: what a retry or an operator's refold says bears the released state", async () => {
    await using t = await opened();
    const subscriber = await t.subscribe({ audience: "compliance" });
    await claimed(t);
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: minutesAfter(file, 50) }));
    await t.deliver(danaya.ANALYSIS_RESULT(file, { timestamp: minutesAfter(file, 55) }));
    const [item] = (await t.ledger.clientFiles.list({ limit: 1 })).items;
    await t.ledger.clientFiles.refold(item?.id ?? "", { ...by, reason: "to see" });
    expect(item).toMatchObject({ state: "APPROVED", releasedState: "AWAITING_DECISION", confirmation: "unconfirmed" });
    const bodies = await t.rows<{ body: string }>("select body from notifications");
    expect(bodies.length).toBeGreaterThan(3);
    expect(bodies.filter(({ body }) => /APPROVED|approved|reopened|0\.987/.test(body))).toEqual([]);
    expect(await t.toldTo(subscriber)).toHaveLength(bodies.length);
  });

  test("is hidden from the bank's machines, by state and by filter, until it is released", async () => {
    await using t = await opened();
    await claimed(t);
    const reader = { companyIds: ["123"], audience: "operations" as const };
    const listed = async (state: "APPROVED" | "AWAITING_DECISION") =>
      (await t.ledger.clientFiles.list({ limit: 5, state, reader })).items.map((item) => item.state);
    expect(await listed("APPROVED")).toEqual([]);
    expect(await listed("AWAITING_DECISION")).toEqual(["AWAITING_DECISION"]);
    await t.deliver(danaya.ANALYSIS_RESULT(file, { timestamp: minutesAfter(file, 55) })); // reports on it
    const reopened = async (filter: { reader?: typeof reader }) =>
      (await t.ledger.clientFiles.list({ limit: 5, flag: "reopened", ...filter })).items.length;
    expect([await reopened({}), await reopened({ reader })]).toEqual([1, 0]);
    const [item] = (await t.ledger.clientFiles.list({ limit: 1 })).items;
    expect(JSON.stringify(await t.ledger.clientFiles.get(item?.id ?? "", reader))).not.toContain("APPROVED");
    await answer(t, file, "VALIDER", NOW);
    expect(await listed("APPROVED")).toEqual(["APPROVED"]);
  });

  test("is hidden from them also once the API denied it, where a step leaves it", async () => {
    await using t = await opened();
    await claimed(t);
    await answer(t, file, "A_TRAITER", NOW);
    const reader = { companyIds: ["123"], audience: "operations" as const };
    const [{ id } = { id: "" }] = (await t.ledger.clientFiles.list({ limit: 1 })).items;
    const seen = await t.ledger.clientFiles.get(id, reader);
    expect(JSON.stringify(seen)).not.toContain("APPROVED");
    expect(seen?.transitions).toMatchObject([{ from: "RECEIVED", to: "AWAITING_DECISION" }]);
  });

  test("that the API answers with the other one leaves machines the released decision, in what was learned, too", async () => {
    await using t = await opened();
    await claimed(t);
    await answer(t, file, "REJETER", NOW);
    const reader = { companyIds: ["123"], audience: "operations" as const };
    const [{ id } = { id: "" }] = (await t.ledger.clientFiles.list({ limit: 1 })).items;
    const seen = await t.ledger.clientFiles.get(id, reader);
    expect(JSON.stringify(seen)).not.toContain("APPROVED");
    expect(seen?.transitions.at(-1)).toMatchObject({ from: "AWAITING_DECISION", to: "REJECTED" });
    expect(seen?.history.at(-1)).toEqual(seen?.transitions.at(-1));
  });

  test("that the API denies is a conflict, and was never told", async () => {
    await using t = await opened();
    const subscriber = await t.subscribe();
    await claimed(t);
    await answer(t, file, "A_TRAITER", NOW);
    const told = await t.toldTo(subscriber);
    expect(told.at(-1)).toMatchObject({ type: "client_file.conflict", data: { state: "AWAITING_DECISION" } });
    expect(told.filter(({ data }) => "state" in data && data.state === "APPROVED")).toEqual([]);
  });

  test("and is dated a little ahead of our clock is asked about when that time has come, since an earlier answer confirms nothing", async () => {
    await using t = await opened();
    await claimed(t, { timestamp: after(3 * MINUTE_MS).toISOString() });
    expect(await dueIn(t)).toEqual([3 * MINUTE_MS]);
  });
});

describe("the gate, which all processes share", () => {
  const registered = async (t: TestLedger, count: number) => {
    for (let index = 0; index < count; index += 1)
      await t.ledger.clientFiles.register(upload(inventFile(`file ${index}`)), by);
  };
  const later = after(5 * MINUTE_MS);

  test("gives each question to one of them", async () => {
    await using t = await opened();
    await registered(t, 6);
    await take(t, later, 0);
    const taken = (await Promise.all([1, 2, 3].map(() => take(t, after(6 * MINUTE_MS), 4)))).flat();
    expect(taken).toHaveLength(6);
    expect(new Set(taken.map(({ fileUuid }) => fileUuid)).size).toBe(6);
  });

  test("asks about a decision before the files that an outage left overdue, but for every fourth question", async () => {
    await using t = await opened();
    for (const seed of ["overdue 1", "overdue 2", "overdue 3"]) {
      await t.ledger.clientFiles.register(upload(inventFile(seed)), by);
    }
    const decided = inventFile("decided");
    const now = after(DAY_MS);
    await t.ledger.clientFiles.register(upload(decided), { ...by, now });
    await t.deliver(danaya.FLAT_CLIENT_FILE(decided, { status: "VALIDER" }), now);
    let seconds = 0;
    const first = async (random: number) => {
      seconds += 1; // for the gate to have a turn again
      const [turn] = await t.ledger.lookUps.take({ limit: 1, gate, now: after(DAY_MS + seconds * 1_000), random });
      return turn?.question;
    };
    expect(await first(0.1)).toBe("open");
    expect(await first(0.3)).toBe("doubt");
    expect(await first(0.3)).toBe("open");
  });

  test("lets through no more than the rate", async () => {
    await using t = await opened();
    await registered(t, 5);
    const slow = { ...gate, perSecond: 1 };
    const takeSlowly = async (at: Date) => (await t.ledger.lookUps.take({ limit: 10, gate: slow, now: at })).length;
    expect(await takeSlowly(later)).toBe(1);
    expect(await takeSlowly(new Date(later.getTime() + 500))).toBe(0);
    expect(await takeSlowly(new Date(later.getTime() + 1_000))).toBe(1);
    expect(await takeSlowly(new Date(later.getTime() + 60_000))).toBe(2); // nobody saves up a minute
  });

  test("closes after questions in a row that nobody answers, and lets one through to see", async () => {
    await using t = await opened();
    await registered(t, 4);
    expect(await t.ledger.lookUps.reportTrouble({ kind: "unanswered" }, gate, later)).toBeNull();
    const until = await t.ledger.lookUps.reportTrouble({ kind: "unanswered" }, gate, later);
    expect(until).toEqual(new Date(later.getTime() + 30_000));
    expect(await take(t, new Date(later.getTime() + 29_000))).toEqual([]);
    expect(await take(t, new Date(later.getTime() + 31_000))).toHaveLength(1);
    const answered = new Date(later.getTime() + 32_000);
    expect(await take(t, answered)).toEqual([]); // whoever comes meanwhile waits for its answer
    expect(await t.ledger.lookUps.openGate(answered)).toBe(true);
    expect(await take(t, answered)).toHaveLength(3);
    expect(await t.ledger.lookUps.openGate(answered)).toBe(false);
  });

  test.each([
    ["as long as it asks for", { kind: "busy", retryAfterMs: 120_000 }, 120_000],
    [
      "for an hour, where a date that is wrong would hold back decisions for years",
      { kind: "busy", retryAfterMs: 10 ** 12 },
      3_600_000,
    ],
    ["for long, where our credentials are refused: the next question fares no better", { kind: "refused" }, 600_000],
  ] as const)("closes %s", async (_what, trouble, ms) => {
    await using t = await opened();
    expect(await t.ledger.lookUps.reportTrouble(trouble, gate, later)).toEqual(new Date(later.getTime() + ms));
  });

  test("stays closed when a question that was under way is answered after all: the wish to be left alone is the later word", async () => {
    await using t = await opened();
    await registered(t, 2);
    await t.ledger.lookUps.reportTrouble({ kind: "busy", retryAfterMs: 120_000 }, gate, later);
    const meanwhile = new Date(later.getTime() + 1_000);
    expect(await t.ledger.lookUps.openGate(meanwhile)).toBe(false);
    expect(await take(t, meanwhile)).toEqual([]);
    expect(await take(t, new Date(later.getTime() + 119_000))).toEqual([]);
    expect(await take(t, new Date(later.getTime() + 121_000))).not.toEqual([]);
  });

  test("is not kept closed for years by a process whose clock was wrong", async () => {
    await using t = await opened();
    await registered(t, 2);
    await t.ledger.lookUps.reportTrouble({ kind: "refused" }, gate, after(1_000 * DAY_MS));
    expect(await take(t, later)).not.toEqual([]);
    await t.ledger.lookUps.reportTrouble({ kind: "busy", retryAfterMs: 120_000 }, gate, later);
    expect(await take(t, new Date(later.getTime() + 1_000))).toEqual([]);
  });

  test("brings back a question whose process died, and tries an unanswered one later", async () => {
    await using t = await opened();
    await registered(t, 1);
    expect(await take(t, later)).toHaveLength(1);
    expect(await take(t, new Date(later.getTime() + 59_000))).toEqual([]);
    const [turn] = await take(t, new Date(later.getTime() + 61_000));
    if (turn) await t.ledger.lookUps.postpone(turn, later);
    expect(await dueIn(t)).toEqual([later.getTime() - NOW.getTime() + 30_000]);
  });
});

test("without an API nobody is asked, and no row says so", async () => {
  await using t = await openTestLedger();
  await t.ledger.clientFiles.register(upload(inventFile("nobody")), by);
  expect(await dueIn(t)).toEqual([]);
});
