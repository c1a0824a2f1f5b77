import { expect, test } from "vitest";
import type { CheckResult } from "../src/checks/all-checks.ts";
import type { FaultKind } from "../src/plan/fault-kinds.ts";
import { emptyCorrespondence } from "../src/play/post-all.ts";
import type { Struck } from "../src/play/strike.ts";
import { hasFailed, reportOf, sumKinds } from "../src/report/run-report.ts";
import { markdownTable, plainTable } from "../src/report/tables.ts";

const fault = (kind: FaultKind, beganAt: number, healMs: number | null, inFlight = 0): Struck => ({
  fault: { kind, target: "redis", at: 0, lastsMs: 0 },
  ...{ beganAt, endedAt: beganAt + 1, inFlight, healMs },
});
const failed = (name: "lost" | "applied-twice", ...offenders: string[]): CheckResult => ({
  name,
  holds: "",
  offenders,
});

function report(struck: Struck[], checks: CheckResult[], answeredAt: Record<string, number> = {}) {
  const correspondence = emptyCorrespondence();
  for (const [id, firstAt] of Object.entries(answeredAt)) {
    correspondence.answered.set(id, { id, expected: "applied", times: 1, firstAt });
  }
  return reportOf({ seed: 7, seconds: 60, correspondence, struck, checks });
}

test("what is lost is laid to the fault that began last before its answer", () => {
  const struck = [fault("empty-redis", 100, 10), fault("cut-redis", 200, 10)];
  const { kinds } = report(struck, [failed("lost", "a", "b"), failed("applied-twice", "c")], {
    a: 150,
    b: 250,
    c: 260,
  });
  expect(kinds.map(({ kind, lost, duplicated }) => [kind, lost, duplicated])).toEqual([
    ["cut-redis", 1, 1],
    ["empty-redis", 1, 0],
  ]);
});

test("one offender is enough to fail, because a promise has no per mille", () => {
  expect(hasFailed(report([], [failed("lost"), failed("applied-twice", "a")]))).toBe(true);
  expect(hasFailed(report([], [failed("lost"), failed("applied-twice")]))).toBe(false);
});

test("several runs sum up in one table, and what never healed says so", () => {
  const first = report([fault("cut-redis", 1, 1_000, 5)], []);
  const second = report([fault("cut-redis", 1, 3_000, 9), fault("empty-redis", 2, null, 1)], []);
  const kinds = sumKinds([first, second]);
  expect(
    plainTable(kinds)
      .split("\n")
      .map((line) => line.trim().split(/ {2,}/)),
  ).toEqual([
    ["fault", "times", "in flight", "most", "lost", "duplicated", "heals in s", "slowest"],
    ["cut-redis", "2", "14", "9", "0", "0", "1.0", "3.0"],
    ["empty-redis", "1", "1", "1", "0", "0", "–", "never"],
    ["all", "3", "15", "9", "0", "0", "1.0", "never"],
  ]);
  expect(markdownTable(kinds).split("\n")[2]).toBe("| cut-redis | 2 | 14 | 9 | 0 | 0 | 1.0 | 3.0 |");
});
