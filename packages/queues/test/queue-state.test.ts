import { describe, expect, it } from "vitest";
import { dueAt } from "../src/queue-state.ts";

const added = { timestamp: 1_000_000, attemptsMade: 0, opts: {} };

describe("since when a waiting job is due", () => {
  it("is since it was added", () => {
    expect(dueAt(added, "NOTIFICATION")).toBe(1_000_000);
  });

  it("is since its delay ended, because a day's reminder is not a day late when its time has come", () => {
    expect(dueAt({ ...added, opts: { delay: 86_400_000 } }, "RETRY_FOLLOW_UP")).toBe(87_400_000);
  });

  it("is no earlier than the longest back-off after its last run, because what is not late must raise no alarm", () => {
    const failedTwice = { ...added, attemptsMade: 2, processedOn: 2_000_000 };
    expect(dueAt(failedTwice, "ANALYSIS_RESULT")).toBe(2_002_000);
  });
});
