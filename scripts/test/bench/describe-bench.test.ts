import { expect, test } from "vitest";
import { describeBench, hasFailed } from "../../src/bench/describe-bench.ts";
import type { Flood } from "../../src/bench/flood.ts";
import type { BenchReport } from "../../src/bench/run-bench.ts";

const load = (perSecond: number): Flood => ({ perSecond, p50: 5, p99: 9.25, max: 12, answered: 100, failed: 0 });
const span = { p50: 2, p99: 30.04, max: 41 };
const report: BenchReport = {
  answers: { bare: load(20_000), ingress: load(5_000), lost: 0 },
  wholeWay: { deliveries: 500, answered: span, applied: span, told: span, notifications: 480, failed: 0, lost: 0 },
  catchingUp: { files: 10, deliveries: 33, perSecond: 210.4, failed: 0, lost: 0 },
};
const options = { seconds: 5, connections: 64, rate: 100, files: 10 };

test("the figures stand beside what they are compared with and what they are true of", () => {
  const text = describeBench(report, options, "2 × a CPU").join("\n");
  expect(text).toMatch(/On 2 × a CPU/);
  expect(text).toMatch(/a bare server +20000 +5\.0 +9\.3 +12\.0 +0\n/);
  expect(text).toMatch(/the ingress, stored +5000 +5\.0 +9\.3 +12\.0 +0\n/);
  expect(text).toMatch(/25 % of the bare server/);
  expect(text).toMatch(/received to applied +2\.0 +30\.0 +41\.0\n/);
  expect(text).toMatch(/210 applied a second/);
});

test.each<[string, Partial<BenchReport>]>([
  ["was not answered 2xx", { answers: { ...report.answers, ingress: { ...load(1), failed: 1 } } }],
  ["was answered and not stored", { answers: { ...report.answers, lost: 1 } }],
  ["was answered and not told", { wholeWay: { ...report.wholeWay, lost: 1 } }],
  ["was answered and not applied", { catchingUp: { ...report.catchingUp, lost: 1 } }],
])("one delivery that %s fails the run, because a figure for losing it is none", (_what, changed) => {
  expect(hasFailed(report)).toBe(false);
  expect(hasFailed({ ...report, ...changed })).toBe(true);
});
