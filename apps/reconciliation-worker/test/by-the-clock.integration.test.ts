import { openLedger, type Rules, type WakeUp } from "@receiver/ledger";
import { createLogger, createMetrics } from "@receiver/runtime";
import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { idOf, openTestLedger, type TestLedger } from "../../../packages/ledger/test/open-test-ledger.ts";
import { createClock } from "../src/by-the-clock/create-clock.ts";
import { defaultStallLimits } from "../src/by-the-clock/stall-limits.ts";

const DAY = 86_400_000;
const OPENED = Date.parse("2026-01-05T08:00:00Z");
const HEARD = new Date(OPENED + 3_600_000);

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(() => t.forget("deliveries", "events", "client_files", "document_notices", "subscribers"));
afterAll(async () => t[Symbol.asyncDispose]());

/** A process of the worker, at whose clock somebody else turns. */
function startClock(ledger: Parameters<typeof createClock>[0]["ledger"] = t.ledger) {
  const at = { now: new Date(OPENED) };
  const [logs, published]: [string[], WakeUp[]] = [[], []];
  const metrics = createMetrics({ app: "test" });
  const look = createClock(
    {
      ...{ ledger, metrics, now: () => at.now, stopping: new AbortController().signal },
      tell: async (wakeUps) => void published.push(...wakeUps),
      logger: createLogger({ app: "test", level: "info", destination: { write: (line) => void logs.push(line) } }),
    },
    { limits: defaultStallLimits },
  );
  const lookAt = async (now: Date) => {
    at.now = now;
    await look();
  };
  const events = () => logs.map((line) => JSON.parse(line) as { event: string; kind?: string });
  return { lookAt, events, published, scrape: () => metrics.registry.metrics() };
}

function openOnSameDatabase(rules: Rules) {
  const ledger = openLedger({ databaseUrl: t.url, applicationName: "test", rules });
  return { ledger, [Symbol.asyncDispose]: ledger.close };
}

const file = inventFile("by the clock", { openedAt: new Date(OPENED).toISOString().replace(".000", "") });
const analysis = (of = file) =>
  danaya.ANALYSIS_RESULT(of, {
    timestamp: minutesAfter(of, 20),
    payload: { documents: [{ id: 1, type: "CNI", ocrExtractedData: { document_expiry_yyyy_mm_dd: "2026-12-20" } }] },
  });
const decision = (of = file) => danaya.CLIENT_FILE_STATUS_CHANGED(of, { timestamp: minutesAfter(of, 45) });

describe("a year", () => {
  test("in which the worker looks every day, is restarted every hundred days, and the file is decided: its card is told of four times", async () => {
    const subscriber = await t.subscribe();
    for (const body of [analysis(), decision()]) await t.deliver(body, HEARD);
    let clock = startClock();
    for (let day = 0; day < 365; day += 1) {
      if (day % 100 === 0) clock = startClock();
      await clock.lookAt(new Date(OPENED + day * DAY));
    }
    const told = (await t.toldTo(subscriber)).slice(2); // after the state and the approval
    expect(told).toMatchObject([
      {
        timestamp: "2026-09-21T08:00:00.000Z",
        type: "document.expiring",
        data: { documents: [{ threshold: 90, daysLeft: 90 }] },
      },
      {
        timestamp: "2026-11-20T08:00:00.000Z",
        type: "document.expiring",
        data: { documents: [{ threshold: 30, daysLeft: 30 }] },
      },
      {
        timestamp: "2026-12-13T08:00:00.000Z",
        type: "document.expiring",
        data: { documents: [{ threshold: 7, daysLeft: 7 }] },
      },
      {
        timestamp: "2026-12-21T08:00:00.000Z",
        type: "document.expired",
        data: { documents: [{ threshold: 0, daysLeft: -1 }] },
      },
    ]);
    expect(clock.events()).toMatchObject([
      { event: "document-notice", kind: "days-30" },
      { event: "document-notice", kind: "days-7" },
      { event: "document-notice", kind: "days-0" },
    ]);
    expect(await clock.scrape()).toContain('receiver_document_notices_total{kind="days-0",app="test"} 1');
  });

  test("in which the worker was away: it tells how things are, not how they were", async () => {
    const subscriber = await t.subscribe();
    for (const body of [analysis(), decision()]) await t.deliver(body, HEARD);
    await startClock().lookAt(new Date("2026-12-15T08:00:00Z"));
    expect((await t.toldTo(subscriber)).slice(2)).toMatchObject([
      { data: { documents: [{ threshold: 7, daysLeft: 5 }] } },
    ]);
  });
});

describe("a look", () => {
  test("flags what stands still, publishes what is to be told, and counts what is flagged", async () => {
    await t.subscribe();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file), HEARD);
    const clock = startClock();
    await clock.lookAt(new Date(HEARD.getTime() + DAY - 1));
    expect(clock.events()).toEqual([]);
    for (const hours of [24, 25, 1_000]) await clock.lookAt(new Date(HEARD.getTime() + hours * 3_600_000));
    expect(clock.events()).toMatchObject([{ event: "file-stalled", kind: "RECEIVED" }]);
    expect(clock.published).toMatchObject([{ queue: "NOTIFICATION" }]);
    expect(await clock.scrape()).toContain('receiver_stalled_files{state="RECEIVED",app="test"} 1');
  });

  test("after a restart with a laxer CONFIRM releases what waited for a word, and says so", async () => {
    const subscriber = await t.subscribe();
    const rules = { confirm: "decisions", lookUps: null } as const;
    await using before = openOnSameDatabase(rules);
    await t.receive(decision(), HEARD);
    await before.ledger.applyDelivery(idOf(decision()), HEARD);
    const [strict, lax] = [startClock(before.ledger), startClock()];
    await strict.lookAt(HEARD);
    expect(strict.events()).toEqual([]);
    for (const _look of [1, 2]) await lax.lookAt(HEARD);
    expect(lax.events()).toMatchObject([{ event: "decision-released", state: "APPROVED" }]);
    expect(lax.published).toMatchObject([{ queue: "NOTIFICATION" }]);
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({ type: "client_file.approved" });
  });

  test("by two processes at once does everything once, and what was not published is in the outbox", async () => {
    const subscriber = await t.subscribe();
    const files = [1, 2, 3].map((seed) => inventFile(seed, { openedAt: file.openedAt }));
    for (const body of files.map(analysis)) await t.deliver(body, HEARD);
    const now = new Date("2026-12-01T08:00:00Z");
    const clocks = [startClock(), startClock()];
    await Promise.all(clocks.map(({ lookAt }) => lookAt(now)));
    const told = (await t.toldTo(subscriber))
      .slice(3)
      .map(({ type }) => type)
      .sort();
    expect(told).toEqual([...files.map(() => "client_file.stalled"), ...files.map(() => "document.expiring")]);
    const { wakeUps } = await t.ledger.sweep.overdue("notifications", {
      before: new Date(now.getTime() + 1),
      after: null,
      limit: 100,
    });
    expect(wakeUps).toHaveLength(3 + 6);
  });

  test("goes on behind files that only a newer version can fold: those wait for it, the others do not", async () => {
    const files = [1, 2, 3].map((seed) => inventFile(seed, { openedAt: file.openedAt }));
    const strict = { confirm: "decisions", lookUps: null } as const;
    await using before = openOnSameDatabase(strict);
    for (const body of files.map((of) => decision(of))) {
      await t.receive(body, HEARD);
      await before.ledger.applyDelivery(idOf(body), HEARD);
    }
    const unheardOf = files.slice(0, 2).map((of) => String(of.number));
    await t.rows("update events set source = 'OF_TOMORROW' where file_number = any($1)", [unheardOf]);
    const [stalling, releasing] = [startClock(before.ledger), startClock()];
    await stalling.lookAt(new Date(HEARD.getTime() + DAY));
    expect(stalling.events().filter(({ event }) => event === "file-stalled")).toHaveLength(1);
    await releasing.lookAt(HEARD);
    expect(releasing.events().filter(({ event }) => event === "decision-released")).toHaveLength(1);
  });

  test("goes on behind a file that fails, and to the next step when one fails", async () => {
    const subscriber = await t.subscribe();
    const files = [1, 2].map((seed) => inventFile(seed, { openedAt: file.openedAt }));
    for (const body of files.map(analysis)) await t.deliver(body, HEARD);
    const broken = {
      ...t.ledger,
      notices: {
        ...t.ledger.notices,
        fire: async (of: Parameters<typeof t.ledger.notices.fire>[0], now: Date) => {
          if (of.fileNumber === String(files[0]?.number)) throw new Error("planted");
          return t.ledger.notices.fire(of, now);
        },
      },
      stalls: { ...t.ledger.stalls, find: () => Promise.reject(new Error("planted")) },
    };
    const clock = startClock(broken);
    await clock.lookAt(new Date("2026-09-25T08:00:00Z"));
    expect(
      clock
        .events()
        .map(({ event }) => event)
        .sort(),
    ).toEqual(["clock-step-failed", "document-notice", "document-notice-failed"]);
    expect((await t.toldTo(subscriber)).slice(2)).toMatchObject([{ type: "document.expiring" }]);
  });
});
