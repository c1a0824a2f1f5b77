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
    status: "open",
    confidences: [],
    ask: "new-selfie",
    firstAt: at("08:00:00"),
    lastAt: at("10:00:00"),
    ...said,
  });
  const day = 86_400_000;

  test("is an ask after half an hour's grace, a reminder a day later and an escalation after three", () => {
    expect(followUpsFor(counter({}))).toEqual([
      { kind: "ask", dueAt: at("10:30:00") },
      { kind: "reminder", dueAt: at("10:30:00") + day },
      { kind: "escalation", dueAt: at("10:30:00") + 3 * day },
    ]);
  });

  test("is nothing once it is settled", () => {
    expect(followUpsFor(counter({ status: "settled" }))).toEqual([]);
  });

  test("asks nobody at the first attempt of DB, since it is likely the registry's side", () => {
    const kinds = (attempts: number) => followUpsFor(counter({ verification: "DB", attempts })).map(({ kind }) => kind);
    expect(kinds(1)).toEqual(["escalation"]);
    expect(kinds(2)).toEqual(["ask", "reminder", "escalation"]);
  });

  test("doesn't escalate by the clock what its attempts escalated", () => {
    expect(followUpsFor(counter({ attempts: 3 })).map(({ kind }) => kind)).toEqual(["ask", "reminder"]);
  });

  test("asks an operator at once, and reminds and escalates like the others", () => {
    expect(followUpsFor(counter({ verification: "UNKNOWN" }))).toEqual([
      { kind: "ask", dueAt: at("10:00:00") },
      { kind: "reminder", dueAt: at("10:00:00") + day },
      { kind: "escalation", dueAt: at("10:00:00") + 3 * day },
    ]);
  });

  test("gives compliance no grace: no customer is spared a question by it", () => {
    expect(followUpsFor(counter({ verification: "PEP" }))).toEqual([
      { kind: "ask", dueAt: at("10:00:00") },
      { kind: "reminder", dueAt: at("10:00:00") + day },
    ]);
  });
});
