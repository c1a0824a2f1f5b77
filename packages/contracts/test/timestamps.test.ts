import { describe, expect, test } from "vitest";
import { classifyBody, readAs, refusalOf, sampleWith } from "./bodies.ts";

const at = (timestamp: string) =>
  new Date(readAs("ANALYSIS_RESULT", sampleWith("ANALYSIS_RESULT", "timestamp", timestamp)).occurredAt).toISOString();

describe("a time is read the one way it was meant", () => {
  test.each([
    ["2025-10-17T11:45:00Z", "2025-10-17T11:45:00.000Z"],
    ["2025-10-17T11:45:00.5Z", "2025-10-17T11:45:00.500Z"],
    ["2025-10-17T11:45:00.123456789Z", "2025-10-17T11:45:00.123Z"],
    ["2025-10-17T11:45:00,25Z", "2025-10-17T11:45:00.250Z"],
    ["2025-10-17T11:45:00+01:00", "2025-10-17T10:45:00.000Z"],
    ["2025-10-17T11:45:00-0530", "2025-10-17T17:15:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2000-01-01T00:00:00Z", "2000-01-01T00:00:00.000Z"],
    ["2999-12-31T23:59:59Z", "2999-12-31T23:59:59.000Z"],
  ])("%s", (sent, read) => {
    expect(at(sent)).toBe(read);
  });

  test.each(["2024-10-11 10:07:25", "2024-10-11T10:07:25"])(
    "%s has no zone: it is UTC, as Abidjan's clocks",
    (sent) => {
      expect(at(sent)).toBe("2024-10-11T10:07:25.000Z");
    },
  );

  test("the flat form's date has no zone either", () => {
    const message = readAs("FLAT_CLIENT_FILE", sampleWith("FLAT_CLIENT_FILE", "createdAt", "2024-10-11 10:07:25"));
    expect(message.occurredAt).toBe(Date.UTC(2024, 9, 11, 10, 7, 25));
    expect(message.payload.createdAt).toBe(message.occurredAt);
  });
});

describe("what is no time is refused, because a file's events are ordered by it", () => {
  test.each([
    ["a day that no month has", "2026-02-30T10:00:00Z"],
    ["29 February of a common year", "2025-02-29 10:00:00"],
    ["a 13th month", "2026-13-01T10:00:00Z"],
    ["day zero", "2026-01-00T10:00:00Z"],
    ["hour 24", "2026-01-01T24:00:00Z"],
    ["minute 60", "2026-01-01T10:60:00Z"],
    ["a zone of 24 hours", "2026-01-01T10:00:00+24:00"],
    ["a zone of 60 minutes", "2026-01-01T10:00:00+00:60"],
    ["a year before 2000", "1999-12-31T23:59:59Z"],
    ["a year that only its zone puts before 2000", "2000-01-01T00:30:00+01:00"],
    ["a year after 2999", "3000-01-01T00:00:00Z"],
    ["a date alone", "2026-01-01"],
    ["day first", "01/02/2026 10:00:00"],
    ["an English date, which Date.parse would take", "Thu, 01 Jan 2026 10:00:00 GMT"],
    ["words", "hier à 12h15"],
    ["nothing", ""],
    ["a trailing line feed", "2026-01-01T10:00:00Z\n"],
  ])("%s", (_what, sent) => {
    expect(refusalOf(classifyBody(sampleWith("ANALYSIS_RESULT", "timestamp", sent)))).toEqual([
      expect.stringMatching(/^timestamp: must be an existing date and time of the years 2000 to 2999/),
    ]);
  });

  test("a number is refused: seconds and milliseconds can't be told apart", () => {
    const [line] = refusalOf(classifyBody(sampleWith("ANALYSIS_RESULT", "timestamp", 1_760_701_500)));
    expect(line).toMatch(/^timestamp: must be/);
  });

  test("an impossible createdAt fails no analysis, because nothing is ordered by it there", () => {
    const body = sampleWith("ANALYSIS_RESULT", "payload.createdAt", "2026-02-30T10:00:00Z");
    expect(readAs("ANALYSIS_RESULT", body).payload.createdAt).toBeNull();
  });
});
