import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendOnSchedule } from "../src/send-on-schedule.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const items = (count: number) => Array.from({ length: count }, (_, index) => index);
const never = new AbortController().signal;
const lasting = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("the schedule", () => {
  it("keeps the rate although each answer takes longer than a step, because it counts from the start", async () => {
    const startedAt: number[] = [];
    const sent = sendOnSchedule(
      items(20),
      async () => {
        startedAt.push(performance.now());
        await lasting(500);
      },
      { perSecond: 10, concurrency: 64, signal: never },
    );
    const begin = performance.now();
    await vi.runAllTimersAsync();
    await sent;
    expect(startedAt.map((time) => Math.round((time - begin) / 100))).toEqual(items(20));
  });

  it("has no more under way than allowed, and one at a time keeps their order", async () => {
    const order: number[] = [];
    let underWay = 0;
    let most = 0;
    const send = async (item: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await lasting(item % 2 === 0 ? 20 : 1);
      order.push(item);
      underWay -= 1;
    };
    for (const concurrency of [1, 3]) {
      most = 0;
      const sent = sendOnSchedule(items(10), send, { perSecond: null, concurrency, signal: never });
      await vi.runAllTimersAsync();
      await sent;
      expect(most).toBe(concurrency);
    }
    expect(order.slice(0, 10)).toEqual(items(10));
    expect(order.toSorted((a, b) => a - b)).toEqual(items(10).flatMap((item) => [item, item]));
  });

  it("begins nothing new once it is interrupted, and waits for what is under way", async () => {
    const interrupted = new AbortController();
    const finished: number[] = [];
    const sent = sendOnSchedule(
      items(100),
      async (item) => {
        await lasting(250);
        finished.push(item);
      },
      { perSecond: 10, concurrency: 64, signal: interrupted.signal },
    );
    await vi.advanceTimersByTimeAsync(450);
    interrupted.abort();
    await vi.runAllTimersAsync();
    await sent;
    expect(finished).toEqual([0, 1, 2, 3, 4]);
  });
});
