import { expect, test } from "vitest";
import { allFaultKinds, durations, faultKinds } from "../src/plan/fault-kinds.ts";
import { type FaultPlan, planFaults } from "../src/plan/plan-faults.ts";

const TEN_MINUTES_MS = 600_000;
const plan = (chosen: Partial<FaultPlan> = {}) =>
  planFaults({ seed: 1, kinds: allFaultKinds, forMs: TEN_MINUTES_MS, gapMs: 2_400, ...chosen });

test("the same seed plans the same faults, so that a failing run can be tried again, and another seed others", () => {
  expect(plan()).toEqual(plan());
  expect(plan({ seed: 2 })).not.toEqual(plan());
});

test("every kind strikes equally often, so that none is judged by fewer tries than another", () => {
  const counts = Map.groupBy(plan(), ({ kind }) => kind);
  expect([...counts.keys()].sort()).toEqual([...allFaultKinds].sort());
  expect(new Set([...counts.values()].map((own) => own.length))).toEqual(new Set([12]));
});

test("ten minutes of five seeds hold a thousand faults, and fifty of each kind", () => {
  const all = [1, 2, 3, 4, 5].flatMap((seed) => plan({ seed }));
  expect(all.length).toBeGreaterThanOrEqual(1_000);
  expect(all.length / allFaultKinds.length).toBeGreaterThanOrEqual(50);
});

test("faults begin in their order, within the time they are given, one of each kind even in a short run", () => {
  const short = plan({ forMs: 1_000 });
  expect(short.map(({ kind }) => kind).sort()).toEqual([...allFaultKinds].sort());
  for (const faults of [short, plan()]) {
    const times = faults.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
  expect(plan().at(-1)?.at).toBeLessThanOrEqual(TEN_MINUTES_MS);
  expect(short.at(-1)?.at).toBeLessThanOrEqual(1_000);
});

test("each hits one of its targets, every one of them in time, and lasts as long as its kind may", () => {
  const faults = plan();
  for (const { kind, target, lastsMs } of faults) {
    const { action, targets } = faultKinds[kind];
    const [least, most] = durations[action];
    expect(targets).toContain(target);
    expect(lastsMs).toBeGreaterThanOrEqual(least);
    expect(lastsMs).toBeLessThanOrEqual(most);
  }
  const everyTarget = new Set(Object.values(faultKinds).flatMap(({ targets }) => targets));
  expect(new Set(faults.map(({ target }) => target))).toEqual(everyTarget);
});
