import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTally } from "../src/tally.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function tallied() {
  const written: [string, number][] = [];
  return { written, ...createTally((last: string, count) => void written.push([last, count])) };
}

describe("a tally", () => {
  it("writes the first at once, and the rest together after ten seconds, so that none is lost", () => {
    const { written, note } = tallied();
    for (const event of ["a", "b", "c"]) note(event);
    expect(written).toEqual([["a", 1]]);
    vi.advanceTimersByTime(10_000);
    expect(written).toEqual([
      ["a", 1],
      ["c", 2],
    ]);
  });

  it("writes once in ten seconds for as long as it goes on", () => {
    const { written, note } = tallied();
    for (let second = 0; second < 60; second += 1) {
      note("again");
      vi.advanceTimersByTime(1_000);
    }
    expect(written.map(([, count]) => count)).toEqual([1, 9, 10, 10, 10, 10, 10]);
  });

  it("writes at once again after ten quiet seconds", () => {
    const { written, note } = tallied();
    note("first");
    vi.advanceTimersByTime(10_000);
    note("later");
    expect(written).toEqual([
      ["first", 1],
      ["later", 1],
    ]);
  });

  it("writes the rest when it is flushed, because the process is about to end", () => {
    const { written, note, flush } = tallied();
    for (const event of ["a", "b"]) note(event);
    flush();
    flush();
    expect(written).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });
});
