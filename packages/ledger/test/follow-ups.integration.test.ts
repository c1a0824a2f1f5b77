import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OPENED = Date.parse("2026-03-01T08:00:00Z");
const at = (ms: number) => new Date(OPENED + ms);
const file = inventFile("retried", { openedAt: at(0).toISOString().replace(".000", "") });

/** A retry of the file's first document, so long after the file was opened. */
const retryAt = (ms: number, replacing: Parameters<typeof danaya.RETRY_DOCUMENT_VERIFICATION>[1] = {}) =>
  danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: at(ms).toISOString(), ...replacing });
const analysisAt = (ms: number) => danaya.ANALYSIS_RESULT(file, { timestamp: at(ms).toISOString() });

const timers = (t: TestLedger) =>
  t.rows<{ id: string; kind: string; attempt: number; status: string; due_at: Date; epoch: number }>(
    "select id, kind, attempt, status, due_at, epoch from follow_ups order by attempt, due_at",
  );
const told = async (t: TestLedger) =>
  (await timers(t)).map(({ kind, attempt, status }) => `${kind} ${attempt} ${status}`);

async function timer(t: TestLedger, kind: string, attempt = 1) {
  const found = (await timers(t)).find((row) => row.kind === kind && row.attempt === attempt);
  if (!found) throw new Error(`there is no ${kind} of attempt ${attempt}`);
  return found;
}

const DAYS_LATER = at(30 * 24 * HOUR);

describe("timers", () => {
  test("start with a retry: grace before the ask, a day before the reminder, three before the escalation", async () => {
    await using t = await openTestLedger();
    const { outcome } = await t.deliver(retryAt(0), at(0));

    expect((await timers(t)).map(({ kind, due_at }) => [kind, due_at])).toEqual([
      ["ask", at(30 * MINUTE)],
      ["reminder", at(30 * MINUTE + 24 * HOUR)],
      ["escalation", at(30 * MINUTE + 72 * HOUR)],
      ["abandonment", at(30 * MINUTE + 168 * HOUR)],
    ]);
    const wakeUps = outcome.kind === "applied" ? outcome.wakeUps : [];
    expect(wakeUps.map(({ queue, epoch, dueAt }) => ({ queue, epoch, dueAt }))).toEqual(
      (await timers(t)).map(({ due_at }) => ({ queue: "RETRY_FOLLOW_UP", epoch: 0, dueAt: due_at })),
    );
  });

  test("of a retry that we learn of late run from then, because after an outage nobody is asked and escalated in one breath", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0), DAYS_LATER);
    const later = (ms: number) => new Date(DAYS_LATER.getTime() + ms);
    expect((await timers(t)).map(({ due_at }) => due_at)).toEqual([
      later(30 * MINUTE),
      later(30 * MINUTE + 24 * HOUR),
      later(30 * MINUTE + 72 * HOUR),
      later(30 * MINUTE + 168 * HOUR),
    ]);
    await t.deliver(retryAt(MINUTE, { verificationType: "DB_CHECK" }), later(HOUR));
    expect((await timer(t, "ask")).due_at).toEqual(later(30 * MINUTE));
  });

  test("of a newer attempt take the place of the former's", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0), at(0));
    await t.deliver(retryAt(HOUR, { attempt: 2 }), at(HOUR));
    expect(await told(t)).toEqual([
      "ask 1 cancelled",
      "reminder 1 cancelled",
      "escalation 1 cancelled",
      "abandonment 1 cancelled",
      "ask 2 pending",
      "reminder 2 pending",
      "escalation 2 pending",
      "abandonment 2 pending",
    ]);
  });

  test("are due by the latest message of an attempt, in whichever order its messages came", async () => {
    for (const order of [
      [0, 20 * MINUTE],
      [20 * MINUTE, 0],
    ]) {
      await using t = await openTestLedger();
      for (const ms of order) await t.deliver(retryAt(ms, { attempt: 2 }), at(ms));
      expect((await timer(t, "ask", 2)).due_at).toEqual(at(50 * MINUTE));
    }
  });

  test("that are postponed run under the next epoch, because the job of the former time lies in the queue", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0, { attempt: 2 }), at(0));
    const { outcome } = await t.deliver(retryAt(20 * MINUTE, { attempt: 2 }), at(20 * MINUTE));
    const { id, due_at } = await timer(t, "ask", 2);
    expect(outcome).toMatchObject({
      wakeUps: expect.arrayContaining([expect.objectContaining({ id, epoch: 1, dueAt: due_at })]),
    });
  });

  test("are cancelled by a newer result, and start anew when it turns out to be older", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0), at(0));
    await t.deliver(analysisAt(HOUR));
    expect(await told(t)).toEqual([
      "ask 1 cancelled",
      "reminder 1 cancelled",
      "escalation 1 cancelled",
      "abandonment 1 cancelled",
    ]);
    expect(await t.ledger.fireFollowUp((await timer(t, "ask")).id, DAYS_LATER)).toEqual({ kind: "obsolete" });

    await t.deliver(retryAt(2 * HOUR), at(2 * HOUR)); // the same attempt, reported once more: two messages, hence attempt 2
    expect(await told(t)).toContain("ask 2 pending");
  });

  test("of a check for compliance alone ask at once and never escalate, because it is escalated from the first", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0, { verificationType: "SANCTION_CHECK" }), at(0));
    expect((await timers(t)).map(({ kind, due_at }) => [kind, due_at])).toEqual([
      ["ask", at(0)],
      ["reminder", at(24 * HOUR)],
      ["abandonment", at(168 * HOUR)],
    ]);
  });
});

describe("firing", () => {
  test("an ask tells what to ask for, once, because a job may run twice", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    await t.deliver(retryAt(0), at(0));
    const { id } = await timer(t, "ask");
    const now = at(31 * MINUTE);

    const rounds = await Promise.all([1, 2, 3].map(() => t.ledger.fireFollowUp(id, now)));
    expect(rounds.map(({ kind }) => kind).sort()).toEqual(["done", "obsolete", "obsolete"]);
    expect(rounds.find(({ kind }) => kind === "done")).toMatchObject({
      wakeUps: [{ queue: "NOTIFICATION", dueAt: now }],
    });
    const notifications = await t.toldTo(subscriber);
    expect(notifications).toHaveLength(2);
    expect(notifications[1]).toMatchObject({
      type: "verification.retry_requested",
      timestamp: now.toISOString(),
      data: { followUp: "ask", version: 2, cause: null, retries: [{ verification: "FACE_MATCH", ask: "new-selfie" }] },
    });
    expect(await told(t)).toEqual([
      "ask 1 done",
      "reminder 1 pending",
      "escalation 1 pending",
      "abandonment 1 pending",
    ]);
  });

  test("ahead of time changes nothing but the epoch, because the finished job's id is spent", async () => {
    await using t = await openTestLedger();
    await t.deliver(retryAt(0), at(0));
    const { id, due_at } = await timer(t, "reminder");
    expect(await t.ledger.fireFollowUp(id, new Date(due_at.getTime() - 1))).toMatchObject({
      kind: "not-due",
      wakeUps: [{ id, epoch: 1, dueAt: due_at }],
    });
    expect(await told(t)).toContain("reminder 1 pending");
    expect(await t.ledger.fireFollowUp(id, due_at)).toMatchObject({ kind: "done" });
  });

  test("speaks of its own check and to who may know of it, because another's may not be due yet", async () => {
    await using t = await openTestLedger();
    const [customer, compliance] = [
      await t.subscribe({ audience: "customer" }),
      await t.subscribe({ audience: "compliance" }),
    ];
    await t.deliver(retryAt(0), at(0));
    await t.deliver(retryAt(MINUTE, { verificationType: "PEP_CHECK" }), at(MINUTE));
    const before = (await t.toldTo(customer)).length;
    const [pep] = await t.rows<{ id: string }>("select id from follow_ups where verification = 'PEP' and kind = 'ask'");
    await t.ledger.fireFollowUp(pep?.id ?? "", at(2 * MINUTE));

    expect((await t.toldTo(compliance)).at(-1)?.data).toMatchObject({
      followUp: "ask",
      retries: [{ verification: "PEP" }],
    });
    expect((await t.toldTo(compliance)).at(-1)?.data).not.toMatchObject({ retries: [{}, {}] });
    expect(await t.toldTo(customer)).toHaveLength(before);
  });

  test("is how who speaks to the customer hears of a retry, because Danaya may run the check again within the grace", async () => {
    await using t = await openTestLedger();
    const customer = await t.subscribe({ audience: "customer" });
    await t.deliver(retryAt(0), at(0));
    await t.deliver(retryAt(MINUTE, { attempt: 2 }), at(MINUTE));
    expect((await t.toldTo(customer)).map(({ type }) => type)).toEqual(["client_file.state_changed"]);

    const { id, due_at } = await timer(t, "ask", 2);
    await t.ledger.fireFollowUp(id, due_at);
    expect((await t.toldTo(customer)).slice(1)).toMatchObject([
      {
        type: "verification.retry_requested",
        data: { followUp: "ask", retries: [{ attempts: 2, ask: "new-selfie" }] },
      },
    ]);
  });

  test("an escalation raises the flag and says so, because three days are too long for anybody", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    await t.deliver(retryAt(0), at(0));
    const { id, due_at } = await timer(t, "escalation");
    expect(await t.ledger.fireFollowUp(id, due_at)).toMatchObject({ kind: "done" });

    const { items } = await t.ledger.clientFiles.list({ flag: "escalated", limit: 10 });
    expect(items).toHaveLength(1);
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({
      type: "verification.escalated",
      data: { followUp: "escalation", flags: ["escalated", "orphan"], retries: [{ status: "open" }] },
    });
    // A newer result answers it: nobody has to look into a retry that is settled.
    await t.deliver(analysisAt(100 * HOUR), at(100 * HOUR));
    expect((await t.ledger.clientFiles.list({ flag: "escalated", limit: 10 })).items).toEqual([]);
  });

  test("a timer that is unknown is told apart, because queue and database may not belong together", async () => {
    await using t = await openTestLedger();
    expect(await t.ledger.fireFollowUp("00000000-0000-7000-8000-000000000000", DAYS_LATER)).toEqual({
      kind: "not-found",
    });
  });
});

describe("a file that is merged into another", () => {
  /** The upload first, so that its row is the older one and keeps the file; the retry bears nothing that ties it. */
  async function mergedAfter(t: TestLedger, meanwhile: () => Promise<unknown>) {
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(retryAt(0, { payload: { externalId: null } }), at(0));
    await meanwhile();
    const flat = { status: "IN_PROGRESS", createdAt: at(0).toISOString(), documents: [] };
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, flat), at(HOUR));
    const { items } = await t.ledger.clientFiles.list({ limit: 10 });
    expect(items).toMatchObject([{ fileUuid: file.uuid, fileNumber: String(file.number) }]);
    return t.ledger.clientFiles.get(items[0]?.id ?? "");
  }

  test("hands its timers over as they run, because a link tells nothing new of what was asked for", async () => {
    await using t = await openTestLedger();
    let former: string[] = [];
    const merged = await mergedAfter(t, async () => {
      former = (await timers(t)).map(({ id }) => id);
    });

    expect(merged?.followUps.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      "ask pending",
      "reminder pending",
      "escalation pending",
      "abandonment pending",
    ]);
    expect(merged?.followUps.map(({ dueAt }) => dueAt)).toEqual(
      [30 * MINUTE, 30 * MINUTE + 24 * HOUR, 30 * MINUTE + 72 * HOUR, 30 * MINUTE + 168 * HOUR].map((ms) =>
        at(ms).toISOString(),
      ),
    );
    for (const id of former) {
      expect(await t.rows("select status from follow_ups where id = $1", [id])).toEqual([{ status: "cancelled" }]);
      expect(await t.ledger.fireFollowUp(id, DAYS_LATER)).toEqual({ kind: "obsolete" });
    }
  });

  test("leaves what was asked and escalated to the other, because nobody is asked twice for one thing", async () => {
    await using t = await openTestLedger();
    const merged = await mergedAfter(t, async () => {
      await t.ledger.fireFollowUp((await timer(t, "ask")).id, DAYS_LATER);
      await t.ledger.fireFollowUp((await timer(t, "escalation")).id, DAYS_LATER);
    });
    expect(merged?.flags).toContain("escalated");
    expect(merged?.followUps.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      "ask done",
      "reminder pending",
      "escalation done",
      "abandonment pending",
    ]);
  });
});
