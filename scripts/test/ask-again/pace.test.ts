import { describe, expect, test } from "vitest";
import { createPace } from "../../src/ask-again/pace.ts";

/** A clock that only waiting, and what is said to take time, moves. */
function clock() {
  let at = 0;
  const wait = async (ms: number) => {
    at += ms;
  };
  return { wait, now: () => at, passes: (ms: number) => void wait(ms) };
}

describe("a pace of four a second", () => {
  test("lets the first pass at once, and each of the others a quarter of a second after the one before", async () => {
    const { wait, now } = clock();
    const pace = createPace(4, wait, now);
    const turns: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await pace.turn();
      turns.push(now());
    }
    expect(turns).toEqual([0, 250, 500]);
  });

  test("makes up for no lost time, because a burst is what the API is to be spared", async () => {
    const { wait, now, passes } = clock();
    const pace = createPace(4, wait, now);
    await pace.turn();
    passes(10_000);
    await pace.turn();
    await pace.turn();
    expect(now()).toBe(10_250);
  });
});
