import { type Random, seededRandom } from "@receiver/simulation";
import { durations, type FaultKind, faultKinds, type Target } from "./fault-kinds.ts";

export type PlannedFault = {
  kind: FaultKind;
  target: Target;
  /** Milliseconds from the start. */
  at: number;
  lastsMs: number;
};

export type FaultPlan = {
  seed: number;
  kinds: readonly FaultKind[];
  /** How long faults begin, in milliseconds. */
  forMs: number;
  /** Milliseconds between two faults, on average at most. */
  gapMs: number;
};

/**
 * Rounds, each of every kind once in an order of its own: so every kind comes equally often. As many whole rounds as fit,
 * and at least one. Pure: the same plan for the same seed.
 */
export function planFaults({ seed, kinds, forMs, gapMs }: FaultPlan): PlannedFault[] {
  const random = seededRandom("faults", seed);
  const rounds = Math.max(1, Math.floor(forMs / (kinds.length * gapMs)));
  const order = Array.from({ length: rounds }, () => shuffled(kinds, random)).flat();
  const gaps = order.map(() => random.whole(10, 190));
  const scale = forMs / gaps.reduce((sum, gap) => sum + gap, 0);
  let passed = 0;
  return order.map((kind, index) => {
    passed += gaps[index] ?? 0;
    const { action, targets } = faultKinds[kind];
    const target = random.pick<Target>(targets);
    return { kind, target, at: Math.round(passed * scale), lastsMs: drawDuration(durations[action], random) };
  });
}

/** Short ones are frequent, long ones rare: the cube of an even draw. */
function drawDuration([least, most]: readonly [number, number], random: Random): number {
  return Math.round(least + (most - least) * (random.whole(0, 1_000) / 1_000) ** 3);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.whole(0, 2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
