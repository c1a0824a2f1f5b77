import { expect, test } from "vitest";
import { createTryCounter } from "../src/authentication/try-counter.ts";

test("a counter keeps ten thousand keys, those touched last, because whoever makes up names must not fill the memory", () => {
  const counter = createTryCounter({ free: 1, longestMs: 1_000 }, () => 1e12);
  counter.wasWrong("first");
  for (let n = 0; n < 9_999; n += 1) counter.wasWrong(`made up ${n}`);
  expect(counter.waitMs("first")).toBe(1_000);
  counter.wasWrong("one more");
  expect([counter.waitMs("first"), counter.waitMs("made up 0"), counter.waitMs("one more")]).toEqual([0, 1_000, 1_000]);
});

test("tries under way are as many as were free, then one at a time, whatever becomes of them", () => {
  const counter = createTryCounter({ free: 2, longestMs: 1_000 }, () => 1e12);
  counter.begin("key");
  expect(counter.waitMs("key")).toBe(0);
  counter.begin("key");
  expect(counter.waitMs("key")).toBe(1_000);
  counter.wasRight("key");
  expect(counter.waitMs("key")).toBe(0);
  counter.wasRight("key");
  counter.wasRight("key"); // of a count that had to go meanwhile: it makes no room
  counter.begin("key");
  counter.begin("key");
  expect(counter.waitMs("key")).toBe(1_000);
});
