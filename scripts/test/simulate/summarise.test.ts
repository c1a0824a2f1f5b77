import { describe, expect, it } from "vitest";
import { allTaken, summarise } from "../../src/simulate/summarise.ts";

const outcome = (label: string, latencyMs: number) => ({
  label,
  latencyMs,
  status: Number.parseInt(label, 10) || null,
});

describe("the summary", () => {
  it("has a row per answer with its latencies, and one for all", () => {
    const accepted = Array.from({ length: 100 }, (_, index) => outcome("200 accepted", index + 1));
    const outcomes = [...accepted, outcome("202 quarantined", 7), outcome("error ECONNRESET", 1_234.56)];
    expect(summarise({ planned: 200, elapsedMs: 2_040, outcomes }).split("\n")).toEqual([
      "sent 102 of 200 in 2.0 s (50.0/s)",
      "",
      "  answer             count   p50 ms   p95 ms   p99 ms   max ms",
      "  200 accepted         100     50.0     95.0     99.0    100.0",
      "  202 quarantined        1      7.0      7.0      7.0      7.0",
      "  error ECONNRESET       1   1234.6   1234.6   1234.6   1234.6",
      "  all                  102     50.0     96.0    100.0   1234.6",
    ]);
  });

  it("says what to look at when the token isn't known", () => {
    expect(summarise({ planned: 1, elapsedMs: 1, outcomes: [outcome("401 UNAUTHORISED", 1)] })).toContain(
      "see --token",
    );
  });

  it("is of a run that went well when each answer was 2xx", () => {
    expect(allTaken([outcome("200 accepted", 1), outcome("202 quarantined", 1)])).toBe(true);
    for (const label of ["301", "401 UNAUTHORISED", "503 NOT_STORED", "error TIMEOUT"]) {
      expect(allTaken([outcome("200 accepted", 1), outcome(label, 1)])).toBe(false);
    }
  });
});
