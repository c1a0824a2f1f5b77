import type { ClientFileEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { at, event, pathOf, retry, says, viewOf } from "./events.ts";

describe("contradictory decisions of one second", () => {
  const occurredAt = at("10:00:00");
  const contradiction = (source: "STATUS" | "FLAT" = "STATUS"): ClientFileEvent[] => [
    says("STATUS", "VALIDER", { occurredAt }),
    says(source, "REJETER", { occurredAt: occurredAt + 999 }),
  ];

  test.each(["STATUS", "FLAT"] as const)("are not folded, and flagged, when the other one is of %s", (source) => {
    const before = says("ANALYSIS", "ANALYZED", { occurredAt: at("09:00:00") });
    const view = viewOf([before, ...contradiction(source)]);
    expect(view).toMatchObject({ state: "AWAITING_DECISION", flags: ["conflict", "orphan"] });
  });

  test("leave their scores out as well", () => {
    expect(viewOf(contradiction().map((decision) => ({ ...decision, score: 1 }))).score).toBeNull();
  });

  test("leave what else was said in that second", () => {
    expect(pathOf([...contradiction(), says("STATUS", "A_TRAITER", { occurredAt })])).toEqual(["AWAITING_DECISION"]);
  });

  test.each(["GET", "OPERATOR"] as const)("are settled by a later %s, or one of that second", (source) => {
    for (const later of [0, 60_000]) {
      const settled = viewOf([...contradiction(), says(source, "REJETER", { occurredAt: occurredAt + later })]);
      expect(settled).toMatchObject({ state: "REJECTED", confirmed: true, flags: ["orphan"] });
    }
  });

  test("are not settled by a GET from before, by one with an unknown status, or by another delivery", () => {
    for (const said of [
      says("GET", "VALIDER", { occurredAt: at("09:00:00") }),
      says("GET", "NOUVEAU", { occurredAt: at("11:00:00") }),
      says("STATUS", "VALIDER", { occurredAt: at("11:00:00") }),
    ]) {
      expect(viewOf([...contradiction(), said]).flags).toContain("conflict");
    }
  });

  test("are none a second apart", () => {
    const events = [
      says("STATUS", "VALIDER", { occurredAt }),
      says("STATUS", "REJETER", { occurredAt: occurredAt + 1000 }),
    ];
    expect(viewOf(events)).toMatchObject({ state: "REJECTED", flags: ["orphan"] });
  });
});

describe("the same payload at another time under the same webhookId", () => {
  const saying = { webhookId: "subscription", payloadDigest: "said twice" };
  const first = says("STATUS", "VALIDER", { ...saying, occurredAt: at("10:00:00") });
  const again = says("STATUS", "VALIDER", { ...saying, occurredAt: at("12:00:00") });
  const between = says("STATUS", "REJETER", { occurredAt: at("11:00:00") });

  test("is nothing where it changes nothing", () => {
    expect(viewOf([first, again])).toMatchObject({ state: "APPROVED", flags: ["orphan"] });
  });

  test("moves nothing and is a conflict where it would, because a resend and a return look alike", () => {
    expect(viewOf([first, between, again])).toMatchObject({ state: "REJECTED", flags: ["conflict", "orphan"] });
  });

  test("is settled by a GET", () => {
    const asked = says("GET", "VALIDER", { occurredAt: at("13:00:00") });
    expect(viewOf([first, between, again, asked])).toMatchObject({ state: "APPROVED", flags: ["orphan"] });
  });

  test("doesn't reopen a decided file", () => {
    const report = { webhookId: "subscription", payloadDigest: "analysed" };
    const events = [
      says("ANALYSIS", "ANALYZED", { ...report, occurredAt: at("09:00:00") }),
      first,
      says("ANALYSIS", "ANALYZED", { ...report, occurredAt: at("11:00:00") }),
    ];
    expect(viewOf(events).flags).toEqual(["orphan"]);
  });

  test("is still an attempt: (webhookId, timestamp) tells them apart", () => {
    const request = { webhookId: "subscription", payloadDigest: "once more" };
    const events = [
      retry({}, { ...request, occurredAt: at("10:00:00") }),
      retry({}, { ...request, occurredAt: at("11:00:00") }),
    ];
    expect(viewOf(events)).toMatchObject({ flags: ["orphan"], retries: [{ attempts: 2 }] });
  });

  test.each([
    ["another payload", { payloadDigest: "other" }],
    ["another webhookId", { webhookId: "other" }],
    ["another source", { source: "FLAT" }],
  ] as const)("is an event of its own with %s", (_, other) => {
    expect(viewOf([first, between, { ...again, ...other }])).toMatchObject({ state: "APPROVED", flags: ["orphan"] });
  });

  test("is an event of its own without a webhookId: two flat messages may be equal and mean A, B, A", () => {
    const unnamed = [first, between, again].map((said) => ({ ...said, webhookId: null }));
    expect(viewOf(unnamed)).toMatchObject({ state: "APPROVED", flags: ["orphan"] });
  });
});

describe("an event dated in the future", () => {
  const forged = (status: string | null = "VALIDER", said: Partial<ClientFileEvent> = {}): ClientFileEvent =>
    says("STATUS", status, { occurredAt: Date.parse("2099-01-01T00:00:00Z"), futureDated: true, ...said });

  test("decides nothing, scores nothing and is flagged", () => {
    const view = viewOf([says("STATUS", "A_TRAITER", { score: 0.5 }), forged("VALIDER", { score: 1 })]);
    expect(view).toMatchObject({ state: "AWAITING_DECISION", score: 0.5, flags: ["future-dated", "orphan"] });
  });

  test("neither contradicts a decision nor makes a resend of it", () => {
    const decision = says("STATUS", "VALIDER");
    const opposite = forged("REJETER", { occurredAt: decision.occurredAt });
    expect(viewOf([decision, opposite])).toMatchObject({ state: "APPROVED", flags: ["future-dated", "orphan"] });
    const { webhookId, payloadDigest } = decision;
    expect(viewOf([decision, forged("VALIDER", { webhookId, payloadDigest })]).flags).not.toContain("conflict");
  });

  test("doesn't flag its status as unknown: nothing is known of it", () => {
    expect(viewOf([forged("NOUVEAU")]).flags).toEqual(["future-dated", "orphan"]);
  });

  test("neither reopens a decided file nor settles a retry", () => {
    const analysis = forged("ANALYZED", { source: "ANALYSIS" });
    expect(viewOf([says("STATUS", "VALIDER"), analysis]).flags).not.toContain("reopened");
    expect(viewOf([retry(), analysis]).retries[0]?.status).toBe("open");
  });

  test("keeps its ids and its documents, and counts no retry, because a count escalates", () => {
    const document = {
      id: "9",
      space: "analysis",
      type: "CNI",
      expiry: { day: "2020-01-01", disagree: false },
    } as const;
    const view = viewOf([forged(null, { fileUuid: "u", externalId: "X", documents: [document], ...retryOfFuture })]);
    expect(view.flags).toEqual(["document-expired", "future-dated"]);
    expect(view).toMatchObject({ state: "RECEIVED", externalId: "X", retries: [] });
  });
  const retryOfFuture = { source: "RETRY", verifications: retry().verifications } as const;

  test("outlasts no trusted document, externalId or date", () => {
    const document = (day: string) =>
      ({ id: "9", space: "analysis", type: "CNI", expiry: { day, disagree: false } }) as const;
    const analysis = says("ANALYSIS", "ANALYZED", { externalId: "true", documents: [document("2020-01-01")] });
    const claim = forged(null, { externalId: "false", documents: [document("2098-01-01")] });
    const view = viewOf([analysis, claim]);
    expect(view).toMatchObject({ externalId: "true", lastEventAt: analysis.occurredAt });
    expect(view.documents[0]?.expiry.day).toBe("2020-01-01");
  });

  test("is answered by an operator, by a GET that agrees, and by one asked once that time had come", () => {
    const answers = [
      says("OPERATOR", "REJETER"),
      says("GET", "VALIDER"),
      says("GET", "REJETER", { occurredAt: forged().occurredAt }),
    ];
    for (const answer of answers) expect(viewOf([forged(), answer]).flags).toEqual(["orphan"]);
  });

  test("is answered by any GET where it claims nothing but its date", () => {
    const claim = forged(null, { source: "ANALYSIS" });
    expect(viewOf([claim]).flags).toContain("future-dated");
    expect(viewOf([claim, says("GET", "A_TRAITER")]).flags).toEqual(["orphan"]);
    expect(viewOf([claim, says("GET", "NOUVEAU")]).flags).toContain("future-dated");
  });

  test("is not answered by a GET that disagrees now: the claim is still one that somebody made up", () => {
    expect(viewOf([forged(), says("GET", "A_TRAITER")])).toMatchObject({
      state: "AWAITING_DECISION",
      flags: ["future-dated", "orphan"],
    });
  });
});

test("links that contradict each other are a conflict that no event of the file settles", () => {
  const view = viewOf([event({ source: "UPLOAD", fileUuid: "u" }), says("GET", "VALIDER")], {
    linksContradicted: true,
  });
  expect(view).toMatchObject({ state: "APPROVED", flags: ["conflict"] });
});
