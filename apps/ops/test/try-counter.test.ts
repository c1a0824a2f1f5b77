import { expect, test } from "vitest";
import { createTryCounter } from "../src/authentication/try-counter.ts";

test("a counter keeps ten thousand keys, those touched last, because whoever makes up names must not fill the memory", () => {
  const counter = createTryCounter({ free: 1, longestMs: 1_000 }, () => 1e12);
  counter.add("first");
  for (let n = 0; n < 9_999; n += 1) counter.add(`made up ${n}`);
  expect(counter.waitMs("first")).toBe(1_000);
  counter.add("one more");
  expect([counter.waitMs("first"), counter.waitMs("made up 0"), counter.waitMs("one more")]).toEqual([0, 1_000, 1_000]);
});
