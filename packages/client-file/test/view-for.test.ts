import { expect, test } from "vitest";
import { viewFor } from "../src/view-for.ts";
import { result, retry, says, viewOf } from "./events.ts";

const checks = (verifications: string[]) => verifications.map((verification) => retry({ verification }));

test.each(["PEP", "SANCTION", "MEDIA"])(
  "%s shows to no customer, neither as a counter nor by the escalation",
  (check) => {
    const view = viewOf(checks([check]));
    expect(view.flags).toContain("escalated");
    expect(viewFor("customer", view)).toMatchObject({ retries: [], flags: ["orphan"] });
  },
);

test("a retry that isn't the customer's to mend is an analysis to him, because a request without an ask tips him off", () => {
  for (const check of ["PEP", "SANCTION", "UNHEARD_OF"]) {
    const view = viewOf(checks([check]));
    expect(viewFor("customer", view)).toMatchObject({ state: "IN_ANALYSIS", retries: [] });
    expect(viewFor("operations", view).state).toBe("RETRY_REQUESTED");
  }
  expect(viewFor("customer", viewOf([...checks(["PEP"]), retry()])).state).toBe("RETRY_REQUESTED");
});

test("a customer isn't shown a check before the attempt from which he is asked", () => {
  const registry = (attempt: number) => viewOf([retry({ verification: "DB", attempt })]);
  expect(viewFor("customer", registry(1)).retries).toEqual([]);
  expect(viewFor("customer", registry(2)).retries).toHaveLength(1);
});

test("compliance sees every check", () => {
  const view = viewOf(checks(["PEP", "FACE_MATCH"]));
  expect(viewFor("compliance", view)).toEqual(view);
});

test.each(["operations", "customer"] as const)(
  "%s sees what has nothing to do with compliance unchanged",
  (audience) => {
    const view = viewOf([retry({ attempt: 3 })]);
    expect(viewFor(audience, view)).toEqual(view);
  },
);

test.each(["operations", "customer"] as const)(
  "an escalation shows to %s where a check that is shown was left open too long, and not for another one beside it",
  (audience) => {
    const events = checks(["PEP", "FACE_MATCH"]);
    expect(viewFor(audience, viewOf(events)).flags).not.toContain("escalated");
    const escalatedByClock = [{ documentId: "1001", verification: "FACE_MATCH", attempt: 1 }];
    expect(viewFor(audience, viewOf(events, { escalatedByClock })).flags).toContain("escalated");
    const executed = says("RETRY", "IN_PROGRESS", { verifications: [result({ status: "EXECUTED" })] });
    expect(viewFor(audience, viewOf([...events, executed], { escalatedByClock })).flags).not.toContain("escalated");
  },
);

test("an escalation shows where a check that is shown is reason enough, settled or not", () => {
  const view = viewOf([...checks(["PEP"]), retry({ attempt: 3 }), says("ANALYSIS", "ANALYZED")]);
  expect(viewFor("customer", view)).toMatchObject({
    retries: [{ verification: "FACE_MATCH" }],
    flags: ["escalated", "orphan"],
  });
});
