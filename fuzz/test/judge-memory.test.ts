import { expect, test } from "vitest";
import { growing } from "../src/judge/check-processes.ts";
import { judgeMemory } from "../src/judge/judge-memory.ts";

const MIB = 1_024 * 1_024;
/** A heap that is collected every fourth look, over a floor that the function gives. */
const samples = (count: number, floorAt: (index: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ at, heapUsed: (floorAt(at) + (at % 4) * 20) * MIB, rss: 200 * MIB }));

test("a heap that goes up and down over the same floor is flat, whatever it did while it warmed up", () => {
  expect(judgeMemory(samples(80, (at) => Math.min(at, 30))).kind).toBe("flat");
});

test("a floor that rises to the end grows, or a leak would pass for a collector's mood", () => {
  const leak = samples(80, (at) => at);
  expect(judgeMemory(leak)).toMatchObject({ kind: "grows", heapGrowth: 20 * MIB });
  expect(growing(new Map([["ingress", leak]]))).toEqual(["ingress: heap by 20.0 MiB, resident by 0.0 MiB"]);
});

test("a run of a few seconds says nothing of memory", () => {
  expect(judgeMemory(samples(20, (at) => at)).kind).toBe("too short");
});
