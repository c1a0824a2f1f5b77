import { describe, expect, test } from "vitest";
import { consequenceOf, type Effort } from "../src/consequence.ts";
import type { Answer } from "../src/deliver/answer.ts";

const first: Effort = { attempts: 0, limit: 3, backoff: { baseMs: 1_000, capMs: 60_000 } };
const last: Effort = { ...first, attempts: 2 };
const LONGEST = 0.999_999; // of full jitter
const SHORTEST = 0;

const answered = (httpStatus: number, retryAfterMs: number | null = null): Answer => ({
  kind: "answered",
  httpStatus,
  retryAfterMs,
});

describe("what an attempt means for its notification", () => {
  test.each([200, 201, 202, 204, 299])("%i delivers it, the last attempt too", (status) => {
    expect(consequenceOf(answered(status), last)).toEqual({ outcome: "delivered" });
  });

  test.each([300, 301, 302, 303, 307, 308])(
    "a redirect (%i) is a refusal, because nobody checked where it leads",
    (status) => {
      expect(consequenceOf(answered(status), first)).toMatchObject({ outcome: "retry", code: "SUBSCRIBER_REFUSED" });
    },
  );

  test.each([400, 401, 404, 422, 429, 500, 503])(
    "%i is tried again, because a subscriber's defect gets mended",
    (status) => {
      expect(consequenceOf(answered(status), first)).toMatchObject({ outcome: "retry", code: "SUBSCRIBER_REFUSED" });
    },
  );

  test("410 ends it at the first attempt, because the subscriber wants no more", () => {
    expect(consequenceOf(answered(410), first)).toEqual({ outcome: "failed", code: "SUBSCRIBER_GONE" });
  });

  test("a forbidden address ends it at the first attempt, because only an operator can mend it", () => {
    const answer: Answer = { kind: "silent", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" };
    expect(consequenceOf(answer, first)).toEqual({ outcome: "failed", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" });
  });

  test.each(["SUBSCRIBER_TIMEOUT", "SUBSCRIBER_UNREACHABLE"] as const)("silence is tried again: %s", (code) => {
    expect(consequenceOf({ kind: "silent", code }, first)).toMatchObject({ outcome: "retry", code });
  });

  test("the last attempt that the registry grants ends it, counted by the row", () => {
    expect(consequenceOf(answered(500), { ...first, attempts: 1 })).toMatchObject({ outcome: "retry" });
    expect(consequenceOf(answered(500), last)).toEqual({ outcome: "failed", code: "SUBSCRIBER_REFUSED" });
    expect(consequenceOf(answered(500), { ...first, attempts: 7 })).toMatchObject({ outcome: "failed" });
  });
});

describe("the delay before the next attempt", () => {
  const delayOf = (answer: Answer, attempts: number, random: number) => {
    const consequence = consequenceOf(answer, { ...first, limit: 24, attempts }, random);
    return consequence.outcome === "retry" ? consequence.inMs : null;
  };

  test("grows with the row's attempts, with full jitter, up to the cap", () => {
    expect([0, 1, 2, 3].map((attempts) => delayOf(answered(500), attempts, LONGEST))).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
    expect(delayOf(answered(500), 20, LONGEST)).toBe(60_000);
    expect(delayOf(answered(500), 20, SHORTEST)).toBe(0);
  });

  test("is at least what Retry-After asks for", () => {
    expect(delayOf(answered(429, 30_000), 0, LONGEST)).toBe(30_000);
  });

  test("is not shortened by Retry-After, or an endpoint could use up its attempts in a second", () => {
    expect(delayOf(answered(503, 0), 3, LONGEST)).toBe(8_000);
  });

  test("is never beyond the cap, whatever Retry-After asks for", () => {
    expect(delayOf(answered(503, 86_400_000), 0, LONGEST)).toBe(60_000);
  });
});
