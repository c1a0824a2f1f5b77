import { dayInAbidjan } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noticesFor } from "../src/document-notices.ts";
import { onDay } from "../src/on-day.ts";
import { anyEvents } from "./any-events.ts";
import { says, viewOf } from "./events.ts";

const read = (day: string | null, type = "CNI", space: "upload" | "analysis" = "analysis") =>
  viewOf([
    says("ANALYSIS", "ANALYZED", { documents: [{ id: "1001", space, type, expiry: { day, disagree: false } }] }),
  ]);
const dueFor = (...given: Parameters<typeof read>) =>
  noticesFor(read(...given).documents).map(({ threshold, dueAt }) => [threshold, new Date(dueAt).toISOString()]);

describe("what is told of a document", () => {
  test("is due as the day begins in Abidjan: 90, 30 and 7 days before its last one, and the day after it", () => {
    expect(dueFor("2026-12-20")).toEqual([
      [90, "2026-09-21T00:00:00.000Z"],
      [30, "2026-11-20T00:00:00.000Z"],
      [7, "2026-12-13T00:00:00.000Z"],
      [0, "2026-12-21T00:00:00.000Z"],
    ]);
  });

  test.each([90, 0] as const)("at %i days is what its validity is from that moment on, and not before", (threshold) => {
    const view = read("2028-02-29");
    const at = noticesFor(view.documents).find((notice) => notice.threshold === threshold)?.dueAt ?? 0;
    const validity = (ms: number) => onDay(view, dayInAbidjan(ms)).documents[0]?.validity;
    const [before, after] = threshold === 90 ? ["valid", "near"] : ["near", "expired"];
    expect([validity(at - 1), validity(at)]).toEqual([before, after]);
  });

  test("is nothing where no day is known, where it never ends, and of an upload, on which nothing was read", () => {
    expect(dueFor(null)).toEqual([]);
    expect(dueFor("2026-12-20", "SELFIE")).toEqual([]);
    expect(dueFor("2026-12-20", "CNI", "upload")).toEqual([]);
  });
});

test("a file looked at on another day is what its events fold to on that day", () => {
  const days = fc.constantFrom("2019-12-31", "2020-01-02", "2026-09-20", "2026-12-20", "2026-12-21", "2040-01-01");
  fc.assert(
    fc.property(anyEvents, days, days, (events, day, today) => {
      expect(onDay(viewOf(events, { today: day }), today)).toEqual(viewOf(events, { today }));
    }),
    { numRuns: 200 },
  );
});
