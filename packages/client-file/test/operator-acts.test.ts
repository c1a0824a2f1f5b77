import { describe, expect, test } from "vitest";
import { claimsIn } from "../src/claims.ts";
import { defaultStatusMap } from "../src/status-map.ts";
import { event, says, viewOf } from "./events.ts";

const refuses = () => event({ source: "OPERATOR", decision: "REJECTED" });
const decisions = { confirm: "decisions" } as const;

describe("what an operator decided", () => {
  test("stands while Danaya's API goes on to say what he had read, because that is no news", () => {
    const overruled = [says("STATUS", "VALIDER"), says("GET", "VALIDER"), refuses(), says("GET", "VALIDER")];
    expect(viewOf(overruled, decisions)).toMatchObject({ state: "REJECTED", confirmed: true, flags: ["orphan"] });
  });

  test("yields to another answer of Danaya's API, and to the same one when a delivery says so anew", () => {
    const decided = [says("GET", "A_TRAITER"), refuses()];
    expect(viewOf([...decided, says("GET", "VALIDER")], decisions)).toMatchObject({ state: "APPROVED" });
    const approved = [says("GET", "VALIDER"), refuses(), says("STATUS", "VALIDER"), says("GET", "VALIDER")];
    expect(viewOf(approved, decisions)).toMatchObject({ state: "APPROVED", confirmed: true, flags: ["orphan"] });
  });
});

describe("a number that an operator parted from its upload", () => {
  const flat = says("FLAT", "A_TRAITER", { fileUuid: "u" });
  const act = (source: "LINK" | "UNLINK") => event({ source, fileUuid: "u" });

  test("is an orphan, although messages bear a uuid, until he ties them again", () => {
    expect(viewOf([flat]).flags).toEqual([]);
    expect(viewOf([flat, act("UNLINK")]).flags).toEqual(["orphan"]);
    expect(viewOf([flat, act("UNLINK"), act("LINK")]).flags).toEqual([]);
    expect(viewOf([flat, act("UNLINK"), says("FLAT", "A_TRAITER", { fileUuid: "another" })]).flags).toEqual([]);
  });
});

test("claims are what those say who may decide, in fold order, without what was taken back", () => {
  const taken = refuses();
  const [report, approval, refusal] = [says("ANALYSIS", "ANALYZED"), says("STATUS", "VALIDER"), says("GET", "REJETER")];
  const back = event({ source: "WITHDRAWAL", withdraws: taken.eventId });
  expect(claimsIn([refusal, taken, back, approval, report], defaultStatusMap)).toEqual(
    [approval, refusal].map(({ eventId, source, occurredAt }) => ({
      ...{ eventId, source, occurredAt },
      state: source === "GET" ? "REJECTED" : "APPROVED",
      standing: "counts",
    })),
  );
});
