import { describe, expect, test } from "vitest";
import type { RetryCounter } from "../src/retry-counter.ts";
import { followUpsFor, retryPolicyFor } from "../src/retry-policy.ts";
import { at } from "./events.ts";

describe("what a retry asks for", () => {
  test.each([
    ["FACE_MATCH", "new-selfie", "customer"],
    ["MRZ", "new-photo", "customer"],
    ["TEMPLATE", "new-photo", "customer"],
    ["EXPIRATION", "another-document", "customer"],
    ["DB", "check-data", "customer"],
    ["PEP", "compliance-review", "compliance"],
    ["SANCTION", "compliance-review", "compliance"],
    ["MEDIA", "compliance-review", "compliance"],
    ["UNKNOWN", "operator-review", "operations"],
    ["HOLOGRAM", "operator-review", "operations"],
    ["constructor", "operator-review", "operations"],
  ])("%s: %s, of %s", (verification, ask, audience) => {
    expect(retryPolicyFor(verification)).toMatchObject({ ask, audience });
  });
});

describe("what follows an open retry", () => {
  const counter = (said: Partial<RetryCounter>): RetryCounter => ({
    documentId: "1001",
    documentType: "CNI",
    verification: "FACE_MATCH",
    attempts: 1,
    carried: 0,
    status: "open",
    confidences: [],
    confidenceHistory: [],
    escalated: false,
    ask: "new-selfie",
    firstAt: at("08:00:00"),
    lastAt: at("10:00:00"),
    ...said,
  });
  const day = 86_400_000;

  const kindsOf = (said: Partial<RetryCounter>) => followUpsFor(counter(said)).map(({ kind }) => kind);
  const timesOf = (said: Partial<RetryCounter>) => followUpsFor(counter(said)).map(({ kind, dueAt }) => [kind, dueAt]);

  test("is an ask after half an hour's grace, a reminder a day later, an escalation after three, and after a week one may give up", () => {
    expect(timesOf({})).toEqual([
      ["ask", at("10:30:00")],
      ["reminder", at("10:30:00") + day],
      ["escalation", at("10:30:00") + 3 * day],
      ["abandonment", at("10:30:00") + 7 * day],
    ]);
  });

  test.each(["settled", "abandoned"] as const)("is nothing once it is %s", (status) => {
    expect(followUpsFor(counter({ status }))).toEqual([]);
  });

  test("goes by all attempts and is told apart by the file's own, so that what is carried over late restarts nothing", () => {
    const carried = { attempts: 3, carried: 2 };
    expect(kindsOf(carried)).toEqual(["ask", "reminder", "abandonment"]);
    expect(followUpsFor(counter(carried)).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });

  test("asks nobody at the first attempt of DB, since it is likely the registry's side", () => {
    expect(kindsOf({ verification: "DB", attempts: 1 })).toEqual(["escalation", "abandonment"]);
    expect(kindsOf({ verification: "DB", attempts: 2 })).toEqual(["ask", "reminder", "escalation", "abandonment"]);
    expect(kindsOf({ verification: "DB", attempts: 2, carried: 1 })).toContain("ask");
  });

  test("doesn't escalate by the clock what its attempts escalated", () => {
    expect(kindsOf({ attempts: 3 })).toEqual(["ask", "reminder", "abandonment"]);
  });

  test("asks an operator at once, and reminds and escalates like the others", () => {
    expect(timesOf({ verification: "UNKNOWN" })).toEqual([
      ["ask", at("10:00:00")],
      ["reminder", at("10:00:00") + day],
      ["escalation", at("10:00:00") + 3 * day],
      ["abandonment", at("10:00:00") + 7 * day],
    ]);
  });

  test("gives compliance no grace: no customer is spared a question by it", () => {
    expect(timesOf({ verification: "PEP" })).toEqual([
      ["ask", at("10:00:00")],
      ["reminder", at("10:00:00") + day],
      ["abandonment", at("10:00:00") + 7 * day],
    ]);
  });
});
