import { ReceiverError } from "@receiver/runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verdictOn } from "../src/verdict.ts";

const backoff = { baseMs: 1_000, capMs: 300_000 };

describe("what becomes of a job whose run failed", () => {
  it("is postponed at no cost when infrastructure is away, even in its last run and even if trying again is no use", () => {
    const effort = { attempt: 8, attempts: 8, backoff };
    expect(verdictOn(new ReceiverError("DATABASE_UNAVAILABLE"), effort)).toEqual({ kind: "postpone" });
    expect(verdictOn(new ReceiverError("SCHEMA_AHEAD"), effort)).toEqual({ kind: "postpone" });
  });

  it("is set aside alone, at no cost, when what is missing says when to look again, because other jobs may not need it", () => {
    const error = new ReceiverError("MASTER_KEY_MISSING", { retryInMs: 30_000 });
    const verdict = verdictOn(error, { attempt: 8, attempts: 8, backoff });
    expect(verdict).toEqual({ kind: "set-aside", inMs: 30_000 });
  });

  it("fails at once when trying again is no use", () => {
    const effort = { attempt: 1, attempts: 8, backoff };
    expect(verdictOn(new ReceiverError("SUBSCRIBER_GONE"), effort)).toEqual({ kind: "fail" });
  });

  it("runs again until its last attempt, then fails", () => {
    const error = new ReceiverError("INTERNAL");
    const kinds = Array.from({ length: 8 }, (_, n) => verdictOn(error, { attempt: n + 1, attempts: 8, backoff }).kind);
    expect(kinds).toEqual([...Array(7).fill("retry"), "fail"]);
  });

  it("waits as long as the other side asked, instead of the back-off's delay", () => {
    const error = new ReceiverError("SUBSCRIBER_REFUSED", { retryInMs: 90_000.2 });
    expect(verdictOn(error, { attempt: 1, attempts: 24, backoff })).toEqual({ kind: "retry", inMs: 90_001 });
  });

  it("never waits a negative or endless time, whatever was asked", () => {
    fc.assert(
      fc.property(fc.double(), (asked) => {
        const error = new ReceiverError("SUBSCRIBER_REFUSED", { retryInMs: asked });
        const verdict = verdictOn(error, { attempt: 1, attempts: 24, backoff }, 0.5);
        expect(verdict.kind === "retry" && Number.isFinite(verdict.inMs) && verdict.inMs >= 0).toBe(true);
      }),
    );
  });
});
