import type { Answer } from "@receiver/danaya-api";
import { openLedger } from "@receiver/ledger";
import { createMetrics } from "@receiver/runtime";
import { inventFile, lendDatabase } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { createAsking } from "../src/ask/create-asking.ts";
import { recordingLogger } from "./recording-logger.ts";

const MINUTE_MS = 60_000;
const T0 = Date.parse("2026-11-22T12:00:00Z");
const file = inventFile("asked");
const saying = (body: object): Answer => ({
  kind: "answered",
  askedAt: new Date(T0 + 2 * MINUTE_MS),
  body: Buffer.from(JSON.stringify(body)),
});

/** A worker that asks about one registered upload, two minutes later. */
async function asking(answer: (uuid: string) => Answer | Promise<Answer>) {
  const database = await lendDatabase();
  const lookUps = { openAfterMs: [2 * MINUTE_MS, 10 * MINUTE_MS], decidedAfterMs: [] };
  const rules = { confirm: "decisions", lookUps } as const;
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "asking", rules });
  const upload = { companyId: "123", fileUuid: file.uuid, externalId: null };
  await ledger.clientFiles.register(upload, { actor: "bank", now: new Date(T0) });
  const asked: string[] = [];
  const [metrics, log] = [createMetrics({ app: "test" }), recordingLogger()];
  let time = T0 + 2 * MINUTE_MS;
  const ask = createAsking(
    {
      ledger,
      api: {
        lookUp: async (uuid) => {
          asked.push(uuid);
          return answer(uuid);
        },
      },
      tell: async () => undefined,
      logger: log.logger,
      metrics,
      now: () => new Date(time),
      stopping: new AbortController().signal,
    },
    { gate: { perSecond: 10, opensAfter: 2, closedMs: { first: 30_000, most: 600_000 } } },
  );
  return {
    ask,
    asked,
    ledger,
    log,
    pass: (ms: number) => {
      time += ms;
    },
    stateNow: async () => (await ledger.clientFiles.list({ limit: 1 })).items[0]?.releasedState,
    nextInMs: async () => ((await ledger.lookUps.nextAt())?.getTime() ?? Number.NaN) - time,
    counted: async (name: string) => (await metrics.registry.getSingleMetricAsString(name)).split("\n").slice(2),
    [Symbol.asyncDispose]: async () => {
      await ledger.close();
      await database.giveBack();
    },
  };
}

describe("asking Danaya's API", () => {
  test("finds a decision that no webhook told, counts it, and has no more to ask", async () => {
    await using t = await asking(() => saying({ id: file.number, status: "VALIDER" }));
    await t.ask();
    expect(t.asked).toEqual([file.uuid]);
    expect(await t.stateNow()).toBe("APPROVED");
    expect(await t.counted("receiver_missed_deliveries_total")).toEqual([
      'receiver_missed_deliveries_total{state="APPROVED",app="test"} 1',
    ]);
    expect(await t.nextInMs()).toBeNaN();
  });

  test("takes not found for an answer: the analysis isn't ready, and the next step comes in its time", async () => {
    await using t = await asking(() => ({ kind: "not-found" }));
    await t.ask();
    expect(await t.nextInMs()).toBeGreaterThanOrEqual(8 * MINUTE_MS);
    t.pass(20 * MINUTE_MS);
    await t.ask();
    expect(t.log.lines()).toContainEqual(expect.objectContaining({ event: "look-ups-exhausted", kind: "open" }));
    expect(JSON.stringify(t.log.lines())).not.toContain(file.uuid);
  });

  test("keeps no question waiting for an answer that takes long", async () => {
    const slow = Promise.withResolvers<Answer>();
    let asked = 0;
    await using t = await asking(() => (++asked === 1 ? slow.promise : { kind: "not-found" }));
    const another = inventFile("another");
    const upload = { companyId: "123", fileUuid: another.uuid, externalId: null };
    await t.ledger.clientFiles.register(upload, { actor: "bank", now: new Date(T0) });
    const lane = t.ask();
    await expect.poll(() => t.asked.length).toBeGreaterThan(0);
    t.pass(1_000);
    await t.ask();
    expect(t.asked.toSorted()).toEqual([file.uuid, another.uuid].sort());
    slow.resolve({ kind: "not-found" });
    await lane;
  });

  test.each<[string, Answer]>([
    ["an outage", { kind: "unreachable" }],
    ["an answer that can't be read", saying({ status: 7 })],
    ["a question that it declines", { kind: "declined" }],
    ["an answer of another kind", { kind: "unusable" }],
  ])("puts the question again after %s, and takes no step for it", async (_what, answer) => {
    await using t = await asking(() => answer);
    await t.ask();
    expect(await t.nextInMs()).toBe(30_000);
    expect(await t.stateNow()).toBe("RECEIVED");
  });

  test.each<[string, Answer]>([
    ["declines it", { kind: "declined" }],
    ["says nothing that is understood", saying({ id: file.number, status: null })],
  ])(
    "goes on to the next step, and to the end, of a file of which Danaya always %s, and leaves nobody else waiting",
    async (_what, answer) => {
      await using t = await asking(() => answer);
      for (const expected of [30_000, 60_000, 120_000, 240_000]) {
        await t.ask();
        expect(await t.nextInMs()).toBe(expected);
        t.pass(expected);
      }
      await t.ask();
      expect(await t.nextInMs()).toBeGreaterThanOrEqual(30_000);
      expect(t.log.lines()).toEqual([]); // the gate is open
      t.pass(60 * MINUTE_MS);
      for (let times = 0; times < 5; times += 1) {
        await t.ask();
        t.pass(10 * MINUTE_MS);
      }
      expect(t.log.lines()).toMatchObject([{ event: "look-ups-exhausted", kind: "open" }]);
      expect(await t.nextInMs()).toBeNaN();
    },
  );

  test.each<[string, Answer, string, number]>([
    ["refused credentials", { kind: "refused", httpStatus: 401 }, "error", 600_000],
    ["a wish to be left alone", { kind: "busy", httpStatus: 429, retryAfterMs: 120_000 }, "warn", 120_000],
  ])("leaves the API alone after %s, and says so", async (_what, answer, level, ms) => {
    await using t = await asking(() => answer);
    await t.ask();
    expect(t.log.lines()).toContainEqual({ level, event: "danaya-left-alone", kind: answer.kind });
    t.pass(ms - 1_000);
    await t.ask();
    expect(t.asked).toHaveLength(1);
    t.pass(2_000);
    await t.ask();
    expect(t.asked).toHaveLength(2);
  });
});
