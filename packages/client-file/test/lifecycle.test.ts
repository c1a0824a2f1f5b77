import { describe, expect, test } from "vitest";
import { at, event, pathOf, retry, says, viewOf } from "./events.ts";

describe("what opens a file", () => {
  test.each(["UPLOAD", "REGISTRATION"] as const)("%s leaves it RECEIVED, whatever was said before", (source) => {
    expect(viewOf([event({ source })])).toMatchObject({
      state: "RECEIVED",
      confirmed: false,
      path: [],
      processingEnded: false,
    });
    expect(pathOf([says("STATUS", "VALIDER"), event({ source })])).toEqual(["APPROVED"]);
  });

  test("there is no file without an event", () => {
    expect(() => viewOf([])).toThrow(RangeError);
  });
});

describe("what moves an undecided file", () => {
  test.each([
    ["IN_PROGRESS", "IN_ANALYSIS"],
    ["EN_COURS", "IN_ANALYSIS"],
    ["ANALYZED", "AWAITING_DECISION"],
    ["A_TRAITER", "AWAITING_DECISION"],
    ["VALIDER", "APPROVED"],
    ["REJETER", "REJECTED"],
    ["REJETE", "REJECTED"],
    ["REFUSER", "REJECTED"],
    ["ERREUR", "ERROR"],
    [" valider ", "APPROVED"],
  ])("a status message with %j makes it %s", (status, state) => {
    expect(viewOf([says("STATUS", status)]).state).toBe(state);
  });

  test.each(["STATUS", "FLAT", "GET", "OPERATOR"] as const)("%s decides", (source) => {
    expect(viewOf([says(source, "VALIDER")]).state).toBe("APPROVED");
  });

  test("an analysis that names a decision awaits one: it is still an analysis", () => {
    expect(pathOf([says("ANALYSIS", "VALIDER")])).toEqual(["AWAITING_DECISION"]);
    expect(pathOf([says("ANALYSIS", "REJETER")])).toEqual(["AWAITING_DECISION"]);
  });

  test("a retry with one result to run again is RETRY_REQUESTED, whatever its status", () => {
    expect(pathOf([retry()])).toEqual(["RETRY_REQUESTED"]);
    expect(pathOf([retry({}, { status: "VALIDER" })])).toEqual(["RETRY_REQUESTED"]);
  });

  test("a retry with nothing to run again goes by its status, but never decides", () => {
    expect(pathOf([retry({ status: "EXECUTED" })])).toEqual(["IN_ANALYSIS"]);
    expect(pathOf([retry({ status: "EXECUTED" }, { status: "VALIDER" })])).toEqual([]);
  });

  test("a state that is named again is no step", () => {
    expect(pathOf([retry(), retry(), says("ANALYSIS", "ANALYZED")])).toEqual(["RETRY_REQUESTED", "AWAITING_DECISION"]);
  });

  test("an error is no decision: an analysis may come after all", () => {
    expect(pathOf([says("STATUS", "ERREUR"), says("ANALYSIS", "ANALYZED")])).toEqual(["ERROR", "AWAITING_DECISION"]);
  });

  test("each step names the event that caused it and when that happened", () => {
    const decision = says("STATUS", "VALIDER");
    expect(viewOf([decision]).path).toEqual([
      {
        from: "RECEIVED",
        to: "APPROVED",
        cause: decision.eventId,
        occurredAt: decision.occurredAt,
        reversal: false,
        released: true,
      },
    ]);
  });
});

describe("an unknown status", () => {
  test.each(["RETRY", "ANALYSIS", "STATUS", "FLAT", "GET", "OPERATOR"] as const)(
    "from %s moves nothing and is flagged",
    (source) => {
      const view = viewOf([says("STATUS", "A_TRAITER"), says(source, "VALIDER_PEUT_ETRE")]);
      expect(view).toMatchObject({ state: "AWAITING_DECISION", flags: expect.arrayContaining(["unknown-status"]) });
    },
  );

  test("is flagged beside the retry that it came with", () => {
    const view = viewOf([retry({}, { status: "NOUVEAU" })]);
    expect(view).toMatchObject({ state: "RETRY_REQUESTED", flags: ["orphan", "unknown-status"] });
  });

  test("is known as soon as the map has a row for it", () => {
    const view = viewOf([says("STATUS", "Accepte")], { statusMap: { ACCEPTE: "APPROVED" } });
    expect(view).toMatchObject({ state: "APPROVED", flags: ["orphan"] });
  });

  test("doesn't reach into what every object has", () => {
    expect(viewOf([says("STATUS", "__proto__")]).flags).toContain("unknown-status");
    expect(viewOf([says("STATUS", "CONSTRUCTOR")]).flags).toContain("unknown-status");
  });
});

describe("the order of events", () => {
  test("is that of their times, not of their arrival", () => {
    const [first, second] = [says("STATUS", "VALIDER"), says("STATUS", "REJETER")];
    expect(viewOf([second, first]).state).toBe("REJECTED");
  });

  test("is to the second: finer digits are chance, and the rank decides", () => {
    const decision = says("STATUS", "VALIDER", { occurredAt: at("10:00:00.000") });
    const analysis = says("ANALYSIS", "ANALYZED", { occurredAt: at("10:00:00.999") });
    expect(pathOf([decision, analysis])).toEqual(["AWAITING_DECISION", "APPROVED"]);
    expect(viewOf([decision, analysis]).flags).not.toContain("reopened");
  });

  test("within a second is upload, retry, analysis, status, GET, operator", () => {
    const occurredAt = at("10:00:00");
    const events = [
      says("OPERATOR", "REJETER", { occurredAt }),
      says("GET", "VALIDER", { occurredAt }),
      says("STATUS", "ERREUR", { occurredAt }),
      says("ANALYSIS", "ANALYZED", { occurredAt }),
      retry({}, { occurredAt }),
      event({ source: "UPLOAD", occurredAt }),
    ];
    expect(pathOf(events)).toEqual(["RETRY_REQUESTED", "AWAITING_DECISION", "ERROR", "APPROVED", "REJECTED"]);
  });

  test("within a second puts a rank before progress, and a flat message before a status message", () => {
    const occurredAt = at("10:00:00");
    const analysis = says("ANALYSIS", "IN_PROGRESS", { occurredAt });
    expect(pathOf([analysis, retry({}, { occurredAt })])).toEqual(["RETRY_REQUESTED", "IN_ANALYSIS"]);
    const status = says("STATUS", "IN_PROGRESS", { occurredAt });
    expect(pathOf([status, says("FLAT", "A_TRAITER", { occurredAt })])).toEqual(["AWAITING_DECISION", "IN_ANALYSIS"]);
  });

  test("within a second and a rank is by progress, from IN_ANALYSIS to APPROVED", () => {
    const occurredAt = at("10:00:00");
    const named = ["APPROVED", "REJECTED", "AWAITING_DECISION", "ERROR", "RETRY_REQUESTED", "IN_ANALYSIS"] as const;
    const statusMap = Object.fromEntries(named.map((state) => [state, state]));
    const events = named.map((state) => says("OPERATOR", state, { occurredAt }));
    expect(viewOf(events, { statusMap }).path.map(({ to }) => to)).toEqual([
      "IN_ANALYSIS",
      "RETRY_REQUESTED",
      "ERROR",
      "AWAITING_DECISION",
      "REJECTED",
      "APPROVED",
    ]);
  });

  test("within a second and a rank is by progress: VALIDER and A_TRAITER end approved either way", () => {
    const occurredAt = at("10:00:00");
    const approved = says("STATUS", "VALIDER", { occurredAt });
    const awaiting = says("STATUS", "A_TRAITER", { occurredAt });
    expect(pathOf([approved, awaiting])).toEqual(["AWAITING_DECISION", "APPROVED"]);
    expect(viewOf([approved, awaiting])).toEqual(viewOf([awaiting, approved]));
  });

  test("falls back to the delivery's id, which is made of its content", () => {
    const occurredAt = at("10:00:00");
    const [low, high] = [
      says("STATUS", "A_TRAITER", { eventId: "0a", occurredAt, score: 1 }),
      says("STATUS", "A_TRAITER", { eventId: "0b", occurredAt, score: 2 }),
    ];
    expect(viewOf([low, high]).score).toBe(2);
    expect(viewOf([high, low]).score).toBe(2);
  });

  test("takes an event in once, however often it is given", () => {
    const events = [retry(), says("STATUS", "VALIDER")];
    expect(viewOf([...events, ...events])).toEqual(viewOf(events));
  });
});

describe("a file whose check is to be run again", () => {
  test("stays so when Danaya's API is asked meanwhile, which calls it IN_PROGRESS as the retry's own message does", () => {
    expect(viewOf([retry(), says("GET", "IN_PROGRESS")]).state).toBe("RETRY_REQUESTED");
    expect(viewOf([retry(), says("GET", "A_TRAITER")]).state).toBe("AWAITING_DECISION");
    expect(viewOf([retry(), says("STATUS", "IN_PROGRESS")]).state).toBe("IN_ANALYSIS");
  });
});

describe("a decided file", () => {
  test.each([
    ["a retry", retry()],
    ["an analysis", says("ANALYSIS", "ANALYZED")],
    ["an analysis that says nothing", says("ANALYSIS", null)],
  ])("is reopened, not moved, by %s", (_, report) => {
    const decision = says("STATUS", "VALIDER", { occurredAt: report.occurredAt - 60_000 });
    expect(viewOf([decision, report])).toMatchObject({ state: "APPROVED", flags: ["orphan", "reopened"] });
  });

  test.each(["STATUS", "FLAT", "GET", "OPERATOR"] as const)("is moved by %s, as a reversal", (source) => {
    const { path, state, flags } = viewOf([says("STATUS", "VALIDER"), says(source, "REJETER")]);
    expect(path.map(({ to, reversal }) => [to, reversal])).toEqual([
      ["APPROVED", false],
      ["REJECTED", true],
    ]);
    // Only a GET is asked whether it agrees; and this one denies what a webhook alone had claimed.
    expect({ state, flags }).toEqual({
      state: "REJECTED",
      flags: source === "GET" ? ["conflict", "orphan"] : ["orphan"],
    });
  });

  test("is reopened when it leaves its decision, and that is a reversal too", () => {
    const view = viewOf([says("STATUS", "VALIDER"), says("STATUS", "A_TRAITER")]);
    expect(view).toMatchObject({ state: "AWAITING_DECISION", flags: ["orphan", "reopened"] });
    expect(view.path.at(-1)?.reversal).toBe(true);
  });

  test("is no longer reopened once it is decided again, be it the same", () => {
    expect(viewOf([says("STATUS", "VALIDER"), retry(), says("STATUS", "VALIDER")]).flags).not.toContain("reopened");
    const again = [says("STATUS", "VALIDER"), says("STATUS", "A_TRAITER"), says("STATUS", "REJETER")];
    expect(viewOf(again).flags).not.toContain("reopened");
  });

  test("stays reopened through what is not a decision", () => {
    const events = [says("STATUS", "VALIDER"), says("STATUS", "A_TRAITER"), says("ANALYSIS", "ANALYZED")];
    expect(viewOf(events).flags).toContain("reopened");
  });

  test("takes no notice of a report that happened before the decision and arrives after it", () => {
    const report = retry();
    const decision = says("STATUS", "VALIDER");
    expect(viewOf([decision, report]).flags).not.toContain("reopened");
  });
});

describe("confirmed", () => {
  test("is a decision that a GET or an operator named", () => {
    expect(viewOf([says("STATUS", "VALIDER")]).confirmed).toBe(false);
    expect(viewOf([says("STATUS", "VALIDER"), says("GET", "VALIDER")]).confirmed).toBe(true);
    expect(viewOf([says("OPERATOR", "REJETER")]).confirmed).toBe(true);
  });

  test("is not what a GET found undecided", () => {
    expect(viewOf([says("GET", "A_TRAITER")]).confirmed).toBe(false);
  });

  test("outlives a repetition of the same decision, but not another one", () => {
    const confirmed = [says("STATUS", "VALIDER"), says("GET", "VALIDER")];
    expect(viewOf([...confirmed, says("STATUS", "VALIDER")]).confirmed).toBe(true);
    expect(viewOf([...confirmed, says("STATUS", "REJETER")]).confirmed).toBe(false);
    expect(viewOf([...confirmed, says("STATUS", "REJETER"), says("STATUS", "VALIDER")]).confirmed).toBe(false);
  });
});

describe("what is read beside the state", () => {
  test("the score and the externalId are the last that were given", () => {
    const events = [
      says("ANALYSIS", "ANALYZED", { score: "0,91", externalId: "A" }),
      says("ANALYSIS", "ANALYZED", { score: 94, externalId: "B" }),
      says("STATUS", "A_TRAITER"),
    ];
    expect(viewOf(events)).toMatchObject({ score: 94, externalId: "B" });
  });

  test("the externalId that the bank registered is nobody else's to change, because a confirmed decision goes out under it", () => {
    const registered = says("REGISTRATION", null, { fileUuid: "u", externalId: "ours" });
    const forged = says("FLAT", "VALIDER", { fileUuid: "u", externalId: "another customer's" });
    expect(viewOf([registered, forged, says("GET", "VALIDER", { fileUuid: "u" })])).toMatchObject({
      externalId: "ours",
      confirmed: true,
    });
    expect(viewOf([says("REGISTRATION", null, { fileUuid: "u" }), forged]).externalId).toBe("another customer's");
    const corrected = says("REGISTRATION", null, { fileUuid: "u", externalId: "ours, corrected" });
    expect(viewOf([forged, registered, corrected]).externalId).toBe("ours, corrected");
  });

  test("a score of nought is a score", () => {
    expect(viewOf([says("ANALYSIS", null, { score: 0.9 }), says("STATUS", null, { score: 0 })]).score).toBe(0);
  });

  test.each(["A_TRAITER", "VALIDER", "REJETER", "ERREUR"])("processing ends with %s and stays ended", (status) => {
    expect(viewOf([says("STATUS", status), says("STATUS", "IN_PROGRESS")]).processingEnded).toBe(true);
    expect(viewOf([says("STATUS", "IN_PROGRESS"), retry()]).processingEnded).toBe(false);
  });

  test("a number without a uuid is an orphan until an event brings one", () => {
    const decision = says("STATUS", "VALIDER");
    expect(viewOf([decision]).flags).toEqual(["orphan"]);
    expect(viewOf([decision, event({ source: "UPLOAD", fileUuid: "u" })]).flags).toEqual([]);
    expect(viewOf([event({ source: "UPLOAD", fileUuid: "u" })]).flags).toEqual([]);
  });

  test("it is opened when its first event happened, or when the provider says that it was created", () => {
    const decision = says("STATUS", "VALIDER", { occurredAt: at("12:00:00") });
    expect(viewOf([decision]).openedAt).toBe(at("12:00:00"));
    const analysis = says("ANALYSIS", null, { occurredAt: at("11:00:00"), fileCreatedAt: at("10:30:00") });
    expect(viewOf([decision, analysis])).toMatchObject({ openedAt: at("10:30:00"), lastEventAt: at("12:00:00") });
  });
});
