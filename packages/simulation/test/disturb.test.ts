import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../src/delivery.ts";
import { disturb } from "../src/disturb.ts";

const deliveries = (count: number): Delivery[] =>
  Array.from({ length: count }, (_, index) => ({ name: String(index), occurredAt: null, body: new Uint8Array() }));
const namesOf = (list: readonly Delivery[]): string[] => list.map(({ name }) => name);
const percent = fc.integer({ min: 0, max: 100 });

describe("disturbing", () => {
  it("loses nothing, invents nothing, and sends nothing more than twice", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 300 }),
        percent,
        percent,
        fc.string(),
        (count, duplicatesPercent, disorderPercent, seed) => {
          const given = deliveries(count);
          const names = namesOf(disturb(given, { seed, duplicatesPercent, disorderPercent }));
          expect(new Set(names)).toEqual(new Set(namesOf(given)));
          for (const copies of Map.groupBy(names, (name) => name).values())
            expect(copies.length).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it("changes nothing at 0 percent, and is the same for the same seed", () => {
    const given = deliveries(500);
    expect(disturb(given, { seed: "a", duplicatesPercent: 0, disorderPercent: 0 })).toEqual(given);
    const disturbance = { seed: "a", duplicatesPercent: 30, disorderPercent: 30 };
    expect(namesOf(disturb(given, disturbance))).toEqual(namesOf(disturb(given, disturbance)));
    expect(namesOf(disturb(given, disturbance))).not.toEqual(namesOf(disturb(given, { ...disturbance, seed: "b" })));
  });

  it("sends all twice at 100 percent, the copy after the first", () => {
    const names = namesOf(disturb(deliveries(200), { seed: "a", duplicatesPercent: 100, disorderPercent: 0 }));
    expect(names).toHaveLength(400);
    expect([...new Set(names)]).toEqual(namesOf(deliveries(200)));
  });

  it("lets about as many fall behind as asked", () => {
    const places = disturb(deliveries(2_000), { seed: "a", duplicatesPercent: 0, disorderPercent: 20 }).map(
      ({ name }) => Number(name),
    );
    const overtaken = places.filter((place, index) => places.slice(0, index).some((earlier) => earlier > place));
    expect(overtaken.length).toBeGreaterThan(300);
    expect(overtaken.length).toBeLessThan(500);
  });
});
