import { describe, expect, it } from "vitest";
import { createFailureLimit } from "../src/limit-failures.ts";

function limitAt() {
  const clock = { now: 0 };
  const fail = createFailureLimit(() => clock.now);
  const failTimes = (times: number, address: string) => Array.from({ length: times }, () => fail(address));
  return { clock, fail, failTimes };
}

describe("the limit of failures", () => {
  it("allows a burst of 30, then tells how long to wait", () => {
    const { failTimes } = limitAt();
    expect(failTimes(32, "192.0.2.1")).toEqual([...Array(30).fill(0), 2, 2]);
  });

  it("allows one more every 2 s, also to one who goes on hammering", () => {
    const { clock, fail, failTimes } = limitAt();
    failTimes(30, "192.0.2.1");
    const waits = Array.from({ length: 8 }, () => {
      clock.now += 500;
      return fail("192.0.2.1");
    });
    expect(waits).toEqual([2, 1, 1, 0, 2, 1, 1, 0]);
  });

  it("never allows more than the burst at once, however long it was quiet", () => {
    const { clock, failTimes } = limitAt();
    failTimes(40, "192.0.2.1");
    clock.now += 365 * 86_400_000;
    expect(failTimes(31, "192.0.2.1").filter((wait) => wait === 0)).toHaveLength(30);
  });

  it("holds every address of an IPv6 /64 to one count, because whoever has one has them all", () => {
    const { fail, failTimes } = limitAt();
    failTimes(30, "2001:db8:1:2::1");
    expect(fail("2001:db8:1:2:ffff:1:2:3")).toBeGreaterThan(0);
    expect(fail("2001:db8:1:3::1")).toBe(0);
  });

  it("forgets the network that failed longest ago when there are too many, so that memory is bounded", () => {
    const { fail, failTimes } = limitAt();
    failTimes(30, "192.0.2.1");
    failTimes(30, "192.0.2.2");
    for (let i = 0; i < 9_999; i += 1) fail(`10.0.${i >> 8}.${i & 255}`);
    expect(fail("192.0.2.2")).toBeGreaterThan(0);
    expect(fail("192.0.2.1")).toBe(0);
  });
});
