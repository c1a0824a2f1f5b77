import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffDelayMs, queueNames, queues } from "../src/index.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const backoff = fc.record({
  baseMs: fc.integer({ min: 1, max: 60_000 }),
  capMs: fc.integer({ min: 1, max: 86_400_000 }),
});
const failures = fc.integer({ min: 1, max: 2_000 });

describe("the delay before a job runs again", () => {
  it("is whole milliseconds between 0 and the capped exponential, however often the job has failed", () => {
    fc.assert(
      fc.property(failures, backoff, random, (count, { baseMs, capMs }, drawn) => {
        const delay = backoffDelayMs(count, { baseMs, capMs }, drawn);
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** (count - 1)));
      }),
    );
  });

  it("reaches both ends, because jobs that failed together must spread over the whole range", () => {
    fc.assert(
      fc.property(failures, backoff, (count, { baseMs, capMs }) => {
        expect(backoffDelayMs(count, { baseMs, capMs }, 0)).toBe(0);
        const ceiling = Math.min(capMs, baseMs * 2 ** (count - 1));
        expect(backoffDelayMs(count, { baseMs, capMs }, 1 - Number.EPSILON)).toBe(ceiling);
      }),
    );
  });

  it("doubles with each failure until the cap", () => {
    const highest = (count: number) => backoffDelayMs(count, { baseMs: 1_000, capMs: 300_000 }, 1 - Number.EPSILON);
    expect([1, 2, 3, 9, 10, 24].map(highest)).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  });

  it("draws by itself where no random number is given", () => {
    const drawn = new Set(Array.from({ length: 50 }, () => backoffDelayMs(8, { baseMs: 1_000, capMs: 300_000 })));
    expect(drawn.size).toBeGreaterThan(10);
  });

  it("keeps a notification going for more than a day, because an endpoint may be down for a night", () => {
    const { attempts, backoff: notification } = queues.NOTIFICATION;
    const half = Array.from({ length: attempts - 1 }, (_, n) => backoffDelayMs(n + 1, notification, 0.5));
    const hours = half.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(24);
  });

  it("keeps a delivery's runs within minutes, because an operator should see a defect the same hour", () => {
    for (const name of queueNames.filter((queue) => queue !== "NOTIFICATION")) {
      const { attempts, backoff: own } = queues[name];
      const longest = Array.from({ length: attempts - 1 }, (_, n) => backoffDelayMs(n + 1, own, 1 - Number.EPSILON));
      expect(longest.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(30 * 60_000);
    }
  });
});
