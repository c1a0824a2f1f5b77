import { expect, test } from "vitest";
import { repeatUntilStopped } from "../src/repeat-until-stopped.ts";

test("runs never overlap, and the last one has ended when the repetition is over", async () => {
  const stop = new AbortController();
  let runs = 0;
  let underWay = 0;
  let most = 0;
  const work = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    runs += 1;
    if (runs === 5) stop.abort();
    await new Promise(setImmediate);
    underWay -= 1;
  };
  await repeatUntilStopped(work, { pauseMs: 1, stopping: stop.signal });
  expect({ runs, most, underWay }).toEqual({ runs: 5, most: 1, underWay: 0 });
});

test("a stop ends the pause, because a process has only seconds to end", async () => {
  const stop = new AbortController();
  const repetition = repeatUntilStopped(async () => {}, { pauseMs: 3_600_000, stopping: stop.signal });
  setImmediate(() => stop.abort());
  await repetition;
});

test("nothing is done once the process is stopping", async () => {
  let runs = 0;
  const work = async () => {
    runs += 1;
  };
  await repeatUntilStopped(work, { pauseMs: 0, stopping: AbortSignal.abort() });
  expect(runs).toBe(0);
});
