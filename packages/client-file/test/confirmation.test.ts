import type { State } from "@receiver/contracts";
import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asReleased } from "../src/as-released.ts";
import { type ConfirmPolicy, confirmPolicies, releasedUnvouched } from "../src/confirmation.ts";
import { questionOf } from "../src/question.ts";
import { anyEvents, arrivalOf } from "./any-events.ts";
import { event, retry, says, viewOf } from "./events.ts";

const runs = { numRuns: 300 };
const under = (confirm: ConfirmPolicy, events: readonly ClientFileEvent[]) => viewOf(events, { confirm });
const decisions = (events: readonly ClientFileEvent[]) => under("decisions", events);
const isDecision = (state: State) => state === "APPROVED" || state === "REJECTED";

describe("a decision that only an unsigned webhook claims", () => {
  const awaiting = says("ANALYSIS", "ANALYZED", { score: 0.5 });
  const claim = says("STATUS", "VALIDER", { score: 0.9 });

  test("is the file's state, marked as unconfirmed, and goes out as nothing: neither state, score nor step", () => {
    const view = decisions([awaiting, claim]);
    expect(view).toMatchObject({ state: "APPROVED", score: 0.9, confirmed: false, flags: ["orphan", "unconfirmed"] });
    const out = asReleased(view);
    expect(out).toMatchObject({ state: "AWAITING_DECISION", score: 0.5, confirmed: false });
    expect(out.path.map(({ to }) => to)).toEqual(["AWAITING_DECISION"]);
  });

  test("is released when Danaya's API says the same", () => {
    const view = decisions([awaiting, claim, says("GET", "VALIDER")]);
    expect(view.flags).toEqual(["orphan"]);
    expect(asReleased(view)).toMatchObject({ state: "APPROVED", score: 0.9, confirmed: true });
  });

  test("is not confirmed by an answer to a question that was asked before it was made", () => {
    const asked = says("GET", "A_TRAITER");
    expect(decisions([awaiting, asked, says("STATUS", "VALIDER")]).released.state).toBe("AWAITING_DECISION");
  });

  test("is a conflict when the API says otherwise, for an operator to look at: somebody may have forged it", () => {
    const view = decisions([awaiting, claim, says("GET", "A_TRAITER")]);
    expect(view).toMatchObject({ state: "AWAITING_DECISION", flags: ["conflict", "orphan"] });
    expect(asReleased(view).path.map(({ to }) => to)).not.toContain("APPROVED");
    const looked = [awaiting, claim, says("GET", "A_TRAITER"), says("GET", "A_TRAITER")];
    expect(decisions(looked).flags).toContain("conflict");
    expect(decisions([...looked, says("OPERATOR", "REJETER")]).flags).not.toContain("conflict");
    expect(decisions([...looked, says("GET", "VALIDER")]).flags).not.toContain("conflict");
  });

  test("and that the API denies ends no retry: who forged it would have nobody asked for the photograph that is missing", () => {
    const retried = retry();
    const denied = decisions([retried, says("STATUS", "VALIDER"), says("GET", "IN_PROGRESS")]);
    expect(denied).toMatchObject({
      state: "RETRY_REQUESTED",
      flags: ["conflict", "orphan"],
      retries: [{ status: "open" }],
    });
    const late = [retried, says("STATUS", "VALIDER"), says("GET", "IN_PROGRESS"), says("GET", "VALIDER")];
    expect(decisions(late)).toMatchObject({ state: "APPROVED", flags: ["orphan"], retries: [{ status: "settled" }] });
    const confirmed = [retried, says("STATUS", "VALIDER"), says("GET", "VALIDER"), says("GET", "IN_PROGRESS")];
    expect(decisions(confirmed)).toMatchObject({ state: "IN_ANALYSIS", retries: [{ status: "settled" }] });
  });

  test("and that the API denied leaves nothing of itself behind, not even its score", () => {
    const view = decisions([awaiting, claim, says("GET", "A_TRAITER")]);
    expect(view).toMatchObject({ score: 0.5, released: { state: "AWAITING_DECISION", score: 0.5 } });
    expect(decisions([awaiting, claim, says("GET", "A_TRAITER", { score: 0.4 })]).released.score).toBe(0.4);
  });

  test("that another, confirmed one followed is settled", () => {
    const view = decisions([claim, says("GET", "A_TRAITER"), says("STATUS", "REJETER"), says("GET", "REJETER")]);
    expect(view).toMatchObject({ state: "REJECTED", confirmed: true, flags: ["orphan"] });
  });

  test("does not take back one that was confirmed, until it is confirmed itself", () => {
    const approved = [claim, says("GET", "VALIDER")];
    const reversed = [...approved, says("STATUS", "REJETER")];
    expect(decisions(reversed)).toMatchObject({ state: "REJECTED", released: { state: "APPROVED", confirmed: true } });
    expect(decisions([...reversed, says("GET", "REJETER")]).released).toMatchObject({ state: "REJECTED" });
  });

  test("is not reopened for anybody who never heard of it", () => {
    const view = decisions([says("STATUS", "VALIDER"), says("ANALYSIS", "ANALYZED")]);
    expect(view.flags).toContain("reopened");
    expect(asReleased(view).flags).not.toContain("reopened");
  });

  test("is not told by what leaves it: neither by the step from it, nor by a flag that only a decided file has", () => {
    const reported = [awaiting, claim, says("ANALYSIS", "ANALYZED")];
    for (const leaving of [says("GET", "A_TRAITER"), says("STATUS", "A_TRAITER"), says("STATUS", "IN_PROGRESS")]) {
      const out = asReleased(decisions([...reported, leaving]));
      expect(out.flags).not.toContain("reopened");
      expect(out.path.map(({ from }) => from)).not.toContain("APPROVED");
      expect(out.path.at(-1)?.to).toBe(out.state);
    }
  });

  test("hides from nobody that a released one is left by way of it: that file is reopened", () => {
    const approved = [claim, says("GET", "VALIDER")];
    const left = decisions([...approved, says("STATUS", "REJETER"), says("STATUS", "A_TRAITER")]);
    expect(left).toMatchObject({ state: "AWAITING_DECISION", flags: ["orphan", "reopened"] });
    expect(asReleased(left).path.map(({ from, to, reversal }) => [from, to, reversal])).toEqual([
      ["RECEIVED", "APPROVED", false],
      ["APPROVED", "AWAITING_DECISION", true],
    ]);
  });

  test("does not end the processing that subscribers hear of, from which they could tell that there is one", () => {
    expect(decisions([says("STATUS", "VALIDER")]).processingEnded).toBe(false);
    expect(decisions([says("STATUS", "VALIDER"), says("GET", "VALIDER")]).processingEnded).toBe(true);
  });
});

describe("CONFIRM", () => {
  test.each([
    ["decisions", { VALIDER: "RECEIVED", REJETER: "RECEIVED" }],
    ["approvals", { VALIDER: "RECEIVED", REJETER: "REJECTED" }],
    ["never", { VALIDER: "APPROVED", REJETER: "REJECTED" }],
  ] as const)("%s says which of them wait", (confirm, released) => {
    for (const [status, state] of Object.entries(released))
      expect(under(confirm, [says("STATUS", status)]).released.state).toBe(state);
  });
});

describe("a stricter CONFIRM", () => {
  const claim = says("STATUS", "VALIDER", { score: 0.9 });
  const released = under("never", [claim]);
  const stricter = (events: readonly ClientFileEvent[], before = released, confirm: ConfirmPolicy = "decisions") =>
    viewOf(events, { confirm, releasedBefore: releasedUnvouched(confirm, before) });

  test("takes nothing back that was told: an approved person's account is not reopened by a setting", () => {
    const reported = says("RETRY", null);
    for (const events of [[claim], [claim, reported]]) {
      expect(asReleased(stricter(events))).toMatchObject({ state: "APPROVED", score: 0.9, confirmed: false });
    }
    const again = stricter([claim, reported], stricter([claim])); // however often the file is folded
    expect(asReleased(again)).toMatchObject({ state: "APPROVED", confirmed: false });
    expect(again.flags).not.toContain("unconfirmed");
  });

  test("asks for a word on every decision from then on, the next one of the same file included", () => {
    const reversed = [claim, says("STATUS", "REJETER")];
    expect(stricter(reversed)).toMatchObject({ state: "REJECTED", released: { state: "APPROVED", confirmed: false } });
    const confirmed = [...reversed, says("GET", "REJETER")];
    expect(stricter(confirmed).released).toMatchObject({ state: "REJECTED", confirmed: true });
  });

  test("lets no later webhook change what was told, not even its score", () => {
    const rescored = [claim, says("STATUS", "VALIDER", { score: 0.1 })];
    expect(stricter(rescored).released).toMatchObject({ state: "APPROVED", score: 0.9 });
  });

  test("takes nothing back because somebody is late to say the same of an earlier time", () => {
    const earlier = { ...claim, eventId: "late", source: "FLAT", occurredAt: claim.occurredAt - 60_000 } as const;
    const resent = { ...claim, eventId: "resent", occurredAt: claim.occurredAt - 60_000 };
    for (const late of [earlier, resent]) {
      const view = stricter([claim, late]);
      expect(asReleased(view)).toMatchObject({ state: "APPROVED", confirmed: false });
      expect(asReleased(stricter([claim, late], view))).toEqual(asReleased(view));
    }
  });

  test("keeps nothing that its event does not say any more", () => {
    const other = viewOf([claim], {
      confirm: "decisions",
      statusMap: { VALIDER: "REJECTED" },
      releasedBefore: releasedUnvouched("decisions", released),
    });
    expect(other).toMatchObject({ state: "REJECTED", released: { state: "RECEIVED" } });
  });

  test("is needed to make a difference: under one and the same the file is a function of its events", () => {
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(...confirmPolicies), fc.nat(), (events, confirm, count) => {
        const known = events.slice(0, 1 + (count % events.length));
        const releasedBefore = releasedUnvouched(confirm, under(confirm, known));
        expect(viewOf(events, { confirm, releasedBefore })).toEqual(under(confirm, events));
      }),
      runs,
    );
  });
});

test("the externalId that the bank registered stands, or an unsigned webhook would give somebody else's approval to it", () => {
  const registered = says("REGISTRATION", null, { fileUuid: "u", externalId: "EXT-OWN" });
  const forged = says("ANALYSIS", "ANALYZED", { externalId: "EXT-OTHER" });
  const vouched = says("GET", "VALIDER", { fileUuid: "u" });
  expect(viewOf([registered, forged, vouched], { confirm: "decisions" })).toMatchObject({
    externalId: "EXT-OWN",
    released: { state: "APPROVED", confirmed: true },
  });
  expect(viewOf([forged, vouched]).externalId).toBe("EXT-OTHER"); // nobody else named one
});

describe("whatever arrives, in whatever order", () => {
  test("no decision is released on webhooks alone", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const unsigned = events.filter(({ source }) => source !== "GET" && source !== "OPERATOR");
        if (unsigned.length === 0) return;
        const out = asReleased(decisions(unsigned));
        expect(isDecision(out.state)).toBe(false);
        expect(out.path.filter(({ from, to }) => isDecision(from) || isDecision(to))).toEqual([]);
        expect(out.flags).not.toContain("reopened");
      }),
      runs,
    );
  });

  test("what is released is a function of the set, like the state", () => {
    const arrivals = anyEvents.chain((events) => fc.tuple(fc.constant(events), arrivalOf(events)));
    fc.assert(
      fc.property(arrivals, fc.constantFrom(...confirmPolicies), ([events, arrived], confirm) => {
        expect(under(confirm, arrived)).toEqual(under(confirm, events));
      }),
      runs,
    );
  });

  test("what is not in doubt is released", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const view = decisions(events);
        expect(view.flags.includes("unconfirmed")).toBe(view.state !== view.released.state);
        if (view.confirmed) expect(view.released.state).toBe(view.state);
      }),
      runs,
    );
  });
});

describe("what an operator did", () => {
  const decided = event({ source: "OPERATOR", decision: "REJECTED" });

  test("decides like the API, without a word of Danaya's", () => {
    const claim = says("STATUS", "VALIDER", { occurredAt: decided.occurredAt - 60_000 });
    expect(decisions([claim, decided])).toMatchObject({
      state: "REJECTED",
      confirmed: true,
      released: { state: "REJECTED" },
      flags: ["orphan"],
    });
  });

  test("against what Danaya answers stands when somebody claims yet another thing, and Danaya answers as it did when he decided", () => {
    const asked = [says("STATUS", "A_TRAITER"), says("GET", "A_TRAITER")];
    const claimed = [...asked, event({ source: "OPERATOR", decision: "APPROVED" }), says("STATUS", "REJETER")];
    expect(decisions([...claimed, says("GET", "A_TRAITER")])).toMatchObject({
      ...{ state: "APPROVED", confirmed: true, released: { state: "APPROVED", confirmed: true } },
      flags: ["conflict", "orphan"], // somebody claimed what is not so
    });
    expect(decisions([...claimed, says("GET", "REJETER")])).toMatchObject({ state: "REJECTED", confirmed: true });
  });

  test("is as if it had never been once it is taken back", () => {
    const claim = says("STATUS", "VALIDER", { occurredAt: decided.occurredAt - 60_000 });
    const takenBack = event({ source: "WITHDRAWAL", withdraws: decided.eventId });
    expect(decisions([claim, decided, takenBack])).toMatchObject({ state: "APPROVED", confirmed: false });
  });

  test("alone can be taken back: a delivery stays whatever anybody says", () => {
    const claim = says("STATUS", "VALIDER");
    const takenBack = event({ source: "WITHDRAWAL", withdraws: claim.eventId });
    expect(decisions([claim, takenBack]).state).toBe("APPROVED");
  });
});

describe("the question to Danaya's API", () => {
  test.each([
    ["open", "nobody decided", [says("ANALYSIS", "ANALYZED")]],
    ["doubt", "a decision is unconfirmed", [says("STATUS", "VALIDER")]],
    ["doubt", "the API denied what was claimed", [says("STATUS", "VALIDER"), says("GET", "A_TRAITER")]],
    ["doubt", "it is reported on again", [says("GET", "VALIDER"), says("ANALYSIS", "ANALYZED")]],
    ["decided", "it was confirmed", [says("STATUS", "VALIDER"), says("GET", "VALIDER")]],
  ] as const)("is %s while %s", (question, _why, events) => {
    expect(questionOf(decisions(events))).toBe(question);
  });
});
