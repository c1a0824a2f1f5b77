import { expect, test } from "vitest";
import { datedOf } from "../src/dated.ts";

const RECEIVED = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const DAY = 86_400_000;

test.each([
  ["usual", 0, "as it happens"],
  ["usual", 10 * MINUTE, "clocks differ"],
  ["future", 10 * MINUTE + 1, "perhaps a forgery: it must not outlast true ones"],
  ["future", 73 * 365 * DAY, "the year 2099"],
  ["usual", -30 * DAY, "kept through a long outage"],
  ["long-ago", -30 * DAY - 1, "sent by hand, or made up"],
  ["long-ago", -RECEIVED, "1970: no clock at all"],
] as const)("a delivery is dated %s at %i ms from its receipt: %s", (dated, fromReceipt, _why) => {
  expect(datedOf(RECEIVED + fromReceipt, RECEIVED)).toBe(dated);
});
