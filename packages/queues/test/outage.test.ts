import { ReceiverError } from "@receiver/runtime";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchOutage } from "../src/outage.ts";
import { silentLogger } from "./silent-logger.ts";

const away = new ReceiverError("DATABASE_UNAVAILABLE");
const delay = { firstMs: 100, capMs: 800 };

function watched(available: () => Promise<void>) {
  const hold = vi.fn();
  const release = vi.fn();
  const outage = watchOutage({ available, hold, release, delay, logger: silentLogger });
  return { outage, hold, release };
}

describe("an outage of what jobs need", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("holds the worker once, however many of its jobs meet it", () => {
    const { outage, hold } = watched(() => Promise.reject(away));
    outage.met(away);
    outage.met(away);
    expect(outage.isHeld()).toBe(true);
    expect(hold).toHaveBeenCalledTimes(1);
    outage.stop();
  });

  it("releases the worker when the question is answered", async () => {
    let up = false;
    const { outage, release } = watched(() => (up ? Promise.resolve() : Promise.reject(away)));
    outage.met(away);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(release).not.toHaveBeenCalled();
    up = true;
    await vi.advanceTimersByTimeAsync(delay.capMs);
    expect(release).toHaveBeenCalledTimes(1);
    expect(outage.isHeld()).toBe(false);
  });

  it("asks less and less often, down to the cap, because a database that recovers has enough to do", async () => {
    const available = vi.fn(() => Promise.reject(away));
    const { outage } = watched(available);
    outage.met(away);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(available.mock.calls.length).toBeLessThanOrEqual(60_000 / (delay.capMs / 2) + 3);
    expect(available.mock.calls.length).toBeGreaterThanOrEqual(60_000 / delay.capMs);
    expect(outage.delayMs()).toBe(delay.capMs);
    outage.stop();
  });

  it("takes an answer that never comes for a no", async () => {
    const available = vi.fn(() => new Promise<void>(() => {}));
    const { outage, release } = watched(available);
    outage.met(away);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(available.mock.calls.length).toBeGreaterThan(1);
    expect(release).not.toHaveBeenCalled();
    outage.stop();
  });

  it("goes on with the longer delay when jobs still fail after the release, or a worker would spin", async () => {
    const { outage, release } = watched(() => Promise.resolve());
    for (let round = 1; round <= 6; round += 1) {
      outage.met(away);
      await vi.advanceTimersByTimeAsync(delay.capMs);
      expect(release).toHaveBeenCalledTimes(round);
    }
    expect(outage.delayMs()).toBe(delay.capMs);
    outage.over();
    expect(outage.delayMs()).toBe(delay.firstMs);
  });

  it("is not over because a job that began before it ends well", () => {
    const { outage } = watched(() => Promise.reject(away));
    outage.met(away);
    outage.over();
    expect(outage.isHeld()).toBe(true);
    outage.stop();
  });

  it("asks nothing any more once stopped", async () => {
    const available = vi.fn(() => Promise.resolve());
    const { outage, release } = watched(available);
    outage.met(away);
    outage.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(available).not.toHaveBeenCalled();
    expect(release).not.toHaveBeenCalled();
  });
});
