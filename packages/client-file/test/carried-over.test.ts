import { describe, expect, test } from "vitest";
import { carriedFrom, carriedInto } from "../src/carried-over.ts";
import { defaultStatusMap } from "../src/status-map.ts";
import { submissionOf } from "../src/submission.ts";
import { at, retry, says, viewOf } from "./events.ts";

const selfie = { documentType: "SELFIE", verification: "FACE_MATCH" };

describe("what a file hands on", () => {
  test("is its own, so that no attempt is counted twice along a chain of resubmissions", () => {
    const one = viewOf([retry({ ...selfie, attempt: 2 })]).retries;
    const two = viewOf([retry({ ...selfie, attempt: 3 })], { carried: carriedFrom(one) }).retries;
    expect(two).toMatchObject([{ attempts: 5, carried: 2 }]);
    expect(carriedFrom([...one, ...two])).toEqual([{ ...selfie, attempts: 5 }]);
  });

  test("is summed by check and type of document, whose ids differ from file to file", () => {
    const counters = viewOf([
      retry({ ...selfie, documentId: "1" }),
      retry({ ...selfie, documentId: "2", documentType: "selfie " }),
    ]);
    expect(carriedFrom(counters.retries)).toMatchObject([{ verification: "FACE_MATCH", attempts: 2 }]);
    expect(carriedInto(carriedFrom(counters.retries))(selfie)).toBe(2);
  });

  test("is nothing of a document of unknown type, and nothing goes into one", () => {
    const unknown = viewOf([retry({ documentType: null })]).retries;
    expect(carriedFrom(unknown)).toEqual([]);
    expect(carriedInto([{ ...selfie, attempts: 2 }])({ ...selfie, documentType: null })).toBe(0);
  });

  test("is all that an earlier version stored, which carried nothing over", () => {
    expect(carriedFrom([{ ...selfie, attempts: 2 }])).toEqual([{ ...selfie, attempts: 2 }]);
  });
});

describe("a file's place among those of its externalId", () => {
  test("is that of its opening, whatever came first", () => {
    const events = [
      retry({}, { externalId: "A", fileCreatedAt: at("08:00:00"), occurredAt: at("09:00:00") }),
      says("STATUS", "VALIDER", { occurredAt: at("07:00:00") }),
    ];
    const place = { externalId: "A", openedAt: at("07:00:00") };
    expect(submissionOf(events, defaultStatusMap)).toEqual(place);
    expect(submissionOf(events.toReversed(), defaultStatusMap)).toEqual(place);
    expect(viewOf(events)).toMatchObject(place);
  });

  test("is none without an externalId, or while no check had to be run again", () => {
    const forged = retry({}, { externalId: "A", futureDated: true });
    expect(submissionOf([retry()], defaultStatusMap)).toBeNull();
    expect(submissionOf([says("ANALYSIS", "ANALYZED", { externalId: "A" }), forged], defaultStatusMap)).toBeNull();
  });
});
