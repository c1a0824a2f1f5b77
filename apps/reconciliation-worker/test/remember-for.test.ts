import fc from "fast-check";
import { expect, test } from "vitest";
import { rememberFor } from "../src/sweep/remember-for.ts";

test("a key is known for its time after it was first noted and no longer, whatever else is noted", () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), waitMs: fc.nat({ max: 15 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (steps) => {
      let time = 0;
      const memory = rememberFor(10, () => time);
      const notedAt = new Map<string, number>();
      for (const { key, waitMs } of steps) {
        time += waitMs;
        const since = notedAt.get(key);
        const isKnown = since !== undefined && time < since + 10;
        expect(memory.has(key)).toBe(isKnown);
        if (!isKnown) notedAt.set(key, time);
        memory.note(key);
      }
    }),
  );
});

test("with no time at all it remembers nothing, so that each sweep asks", () => {
  const memory = rememberFor(0);
  memory.note("a");
  expect(memory.has("a")).toBe(false);
});
