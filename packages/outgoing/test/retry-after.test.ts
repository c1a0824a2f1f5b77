import { describe, expect, test } from "vitest";
import { readRetryAfter } from "../src/retry-after.ts";

const NOW = Date.UTC(2026, 5, 1, 12, 0, 0);

describe("Retry-After", () => {
  test.each([
    ["seconds", "120", 120_000],
    ["no wait", "0", 0],
    ["a date", "Mon, 01 Jun 2026 12:00:30 GMT", 30_000],
    ["a date that has passed", "Mon, 01 Jun 2026 11:00:00 GMT", 0],
    ["the first of several", ["60", "120"], 60_000],
  ])("is read as milliseconds from now: %s", (_form, header, expected) => {
    expect(readRetryAfter(header, NOW)).toBe(expected);
  });

  test.each([
    ["none", undefined],
    ["a text", "soon"],
    ["a fraction", "1.5"],
    ["a negative number", "-5"],
    ["a number without end", "9".repeat(30)],
    ["a date without a zone", "Mon, 01 Jun 2026 12:00:30"],
    ["no such date", "Mon, 99 Jun 2026 12:00:30 GMT"],
    ["empty", ""],
    ["an empty list", []],
  ])("is as if it were not there when it can't be read: %s", (_form, header) => {
    expect(readRetryAfter(header, NOW)).toBeNull();
  });
});
