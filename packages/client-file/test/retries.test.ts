import type { ClientFileEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { at, event, result, retry, says, viewOf } from "./events.ts";

const countersOf = (events: ClientFileEvent[]) => viewOf(events).retries;

test("what Danaya's API shows again is no news: it neither postpones what is due, nor opens what was settled or given up", () => {
  const first = retry({ attempt: 2 });
  const shown = (attempt: number) =>
    says("GET", "IN_PROGRESS", { verifications: [result({ attempt, confidence: 0.4 })] });
  const [alone] = viewOf([first]).retries;
  expect(viewOf([first, shown(2), shown(2)]).retries).toEqual([alone]);
  expect(viewOf([first, shown(3)]).retries).toMatchObject([{ attempts: 3, status: "open", confidences: [0.4] }]);
  expect(viewOf([first, says("ANALYSIS", null), shown(2)]).retries).toMatchObject([{ status: "settled" }]);
  expect(viewOf([first, event({ source: "ABANDON" }), shown(2)]).retries).toMatchObject([{ status: "abandoned" }]);
});

describe("attempts", () => {
  test("are the highest attempt that was sent, so that a lost message is counted", () => {
    expect(countersOf([retry({ attempt: 1 }), retry({ attempt: 4 }), retry({ attempt: 2 })])).toMatchObject([
      { attempts: 4 },
    ]);
  });

  test("are the number of messages where that is larger, so that a missing attempt is counted", () => {
    expect(countersOf([retry(), retry({ attempt: 1 }), retry()])).toMatchObject([{ attempts: 3 }]);
  });

  test("count messages by (webhookId, timestamp): the same pair in other bytes is one", () => {
    const sameTime = { occurredAt: at("10:00:00") };
    const sameWebhook = { webhookId: "subscription" };
    expect(countersOf([retry({}, sameTime), retry({}, sameTime)])).toMatchObject([{ attempts: 2 }]);
    expect(countersOf([retry({}, sameWebhook), retry({}, sameWebhook)])).toMatchObject([{ attempts: 2 }]);
    expect(
      countersOf([
        retry({ confidence: 0.5 }, { ...sameTime, ...sameWebhook }),
        retry({ confidence: 0.5 }, { ...sameTime, ...sameWebhook }),
      ]),
    ).toMatchObject([{ attempts: 1, confidences: [0.5] }]);
  });

  test("are one at least, even if an attempt of nought was sent", () => {
    expect(countersOf([retry({ attempt: 0 })])).toMatchObject([{ attempts: 1 }]);
  });

  test("count only results to run again", () => {
    expect(countersOf([retry({ status: "EXECUTED", attempt: 7 }), retry({ status: null })])).toEqual([]);
  });

  test("are not raised by asking: a GET shows what a message already told", () => {
    const asked = says("GET", "IN_PROGRESS", { webhookId: null, verifications: [result({ attempt: 1 })] });
    const again = says("GET", "IN_PROGRESS", { webhookId: null, verifications: [result({ attempt: 1 })] });
    expect(countersOf([retry({ attempt: 1 }), asked, again])).toMatchObject([{ attempts: 1 }]);
    expect(countersOf([asked])).toMatchObject([{ attempts: 1 }]);
  });

  test("are counted per document and per check", () => {
    const counters = countersOf([
      says("RETRY", "IN_PROGRESS", {
        verifications: [result({ documentId: "1002" }), result({ verification: "MRZ" }), result()],
      }),
      retry(),
    ]);
    expect(counters.map(({ documentId, verification, attempts }) => [documentId, verification, attempts])).toEqual([
      ["1001", "FACE_MATCH", 2],
      ["1001", "MRZ", 1],
      ["1002", "FACE_MATCH", 1],
    ]);
  });
});

describe("a counter", () => {
  test("keeps the raw confidences in order, and the type once it is known", () => {
    const counters = countersOf([
      retry({ documentType: "AUTRE", confidence: "0,55" }),
      retry({ documentType: "CNI", confidence: 72 }),
      retry({ documentType: null }),
    ]);
    expect(counters).toMatchObject([{ documentType: "CNI", confidences: ["0,55", 72] }]);
    expect(counters[0]?.confidenceHistory).toEqual([
      { at: counters[0]?.firstAt, value: "0,55" },
      { at: expect.any(Number), value: 72 },
    ]);
  });

  test("says when it was first and last heard of, and counts no retry dated in the future", () => {
    const [first, last] = [retry(), retry()];
    const forged = retry({ attempt: 3 }, { occurredAt: Date.parse("2099-01-01T00:00:00Z"), futureDated: true });
    expect(countersOf([first, last, forged])).toMatchObject([
      { firstAt: first.occurredAt, lastAt: last.occurredAt, attempts: 2 },
    ]);
  });
});

describe("an open retry is settled", () => {
  test.each([
    ["any analysis", says("ANALYSIS", null)],
    ["a status that ends the analysis", says("STATUS", "A_TRAITER")],
    ["a flat message that decides", says("FLAT", "REJETER")],
    ["a GET that decides", says("GET", "VALIDER")],
    ["an operator", says("OPERATOR", "REJETER")],
    ["word that the check was run", retry({ status: "EXECUTED" })],
  ])("by %s", (_, newer) => {
    expect(countersOf([retry({}, { occurredAt: newer.occurredAt - 60_000 }), newer])).toMatchObject([
      { status: "settled" },
    ]);
  });

  test.each([
    ["IN_PROGRESS, which the retry itself bears", says("STATUS", "IN_PROGRESS")],
    ["an unknown status", says("STATUS", "NOUVEAU")],
    ["word of another check", retry({ status: "EXECUTED", verification: "MRZ" })],
    ["a retry of another document", retry({ documentId: "1002" })],
  ])("not by %s", (_, newer) => {
    expect(countersOf([retry({}, { occurredAt: newer.occurredAt - 60_000 }), newer])[0]).toMatchObject({
      status: "open",
    });
  });

  test("until it is asked for again", () => {
    expect(countersOf([retry(), says("ANALYSIS", "ANALYZED"), retry()])).toMatchObject([
      { status: "open", attempts: 2 },
    ]);
  });

  test("also when the newer result arrives first", () => {
    const [request, analysis] = [retry(), says("ANALYSIS", "ANALYZED")];
    expect(countersOf([analysis, request])).toMatchObject([{ status: "settled" }]);
  });
});

describe("an operator's abandonment", () => {
  test("gives up what is open, and what is settled stays settled", () => {
    expect(countersOf([retry(), says("ABANDON", null)])).toMatchObject([{ status: "abandoned" }]);
    expect(countersOf([retry(), says("ANALYSIS", "ANALYZED"), says("ABANDON", null)])).toMatchObject([
      { status: "settled" },
    ]);
  });

  test("refuses nobody: time and an operator's patience are no decision of the provider", () => {
    expect(viewOf([retry(), says("ABANDON", null)]).state).toBe("RETRY_REQUESTED");
  });

  test("ends with a later retry, with a newer result, or when it is taken back", () => {
    const abandoned = [retry(), says("ABANDON", null)];
    expect(countersOf([...abandoned, retry()])).toMatchObject([{ status: "open", attempts: 2 }]);
    expect(countersOf([...abandoned, says("ANALYSIS", "ANALYZED")])).toMatchObject([{ status: "settled" }]);
    const withdrawal = says("WITHDRAWAL", null, { withdraws: abandoned[1]?.eventId ?? "" });
    expect(countersOf([...abandoned, withdrawal])).toMatchObject([{ status: "open", attempts: 1 }]);
  });
});

describe("a file is escalated", () => {
  test("at the third attempt, and not before", () => {
    expect(viewOf([retry({ attempt: 2 })]).flags).toEqual(["orphan"]);
    expect(viewOf([retry({ attempt: 3 })]).flags).toEqual(["escalated", "orphan"]);
  });

  test.each(["PEP", "SANCTION", "MEDIA"])(
    "at the first attempt of %s: that is for compliance at once",
    (verification) => {
      expect(viewOf([retry({ verification })]).flags).toEqual(["escalated", "orphan"]);
    },
  );

  test("for good: a later approval doesn't undo that it was", () => {
    expect(viewOf([retry({ attempt: 3 }), says("STATUS", "VALIDER")]).flags).toEqual(["escalated", "orphan"]);
  });

  test("when its attempts and those of the files that it supersedes are three", () => {
    const carried = [{ documentType: "CNI", verification: "FACE_MATCH", attempts: 2 }];
    expect(viewOf([retry()], { carried })).toMatchObject({
      flags: ["escalated", "orphan"],
      retries: [{ attempts: 3, carried: 2 }],
    });
    expect(viewOf([retry({ documentType: "PASSEPORT" })], { carried })).toMatchObject({
      flags: ["orphan"],
      retries: [{ attempts: 1, carried: 0 }],
    });
  });

  test("by the clock, while that very attempt is open: a newer result answers it, and a later retry begins anew", () => {
    const escalatedByClock = [{ documentId: "1001", verification: "FACE_MATCH", attempt: 1 }];
    const first = retry();
    const settled = says("ANALYSIS", "ANALYZED");
    const again = retry({ attempt: 2 });
    const ofMrz = retry({ verification: "MRZ" });
    const flagsOf = (events: Parameters<typeof viewOf>[0]) => viewOf(events, { escalatedByClock }).flags;
    expect(flagsOf([first])).toEqual(["escalated", "orphan"]);
    expect(flagsOf([first, settled])).toEqual(["orphan"]);
    expect(flagsOf([first, settled, again])).toEqual(["orphan"]);
    expect(flagsOf([first, settled, ofMrz])).toEqual(["orphan"]);
  });
});

describe("as many results as a message can bear", () => {
  const MANY = 8_000;
  const many = (of: (n: number) => Parameters<typeof result>[0]) =>
    Array.from({ length: MANY }, (_, n) => result(of(n)));
  const message = (of: (n: number) => Parameters<typeof result>[0]) => retry({}, { verifications: many(of) });

  test.each<[string, () => ClientFileEvent[], counters: number]>([
    ["of one check", () => [message(() => ({})), message(() => ({}))], 1],
    [
      "of as many checks, and others after them",
      () => [message((n) => ({ documentId: `a${n}` })), message((n) => ({ documentId: `b${n}`, status: "EXECUTED" }))],
      MANY,
    ],
  ])("%s are counted in no time, because a fold that takes minutes stops its worker", (_what, events, counters) => {
    const startedAt = performance.now();
    expect(countersOf(events())).toHaveLength(counters);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("carry over from as many in no time, too", () => {
    const carried = many((n) => ({ verification: `V${n}` })).map(({ verification }) => ({
      ...{ documentType: "CNI", verification },
      attempts: 1,
    }));
    const startedAt = performance.now();
    const { retries } = viewOf([message((n) => ({ verification: `V${n}` }))], { carried });
    expect(new Set(retries.map(({ attempts }) => attempts))).toEqual(new Set([2]));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
