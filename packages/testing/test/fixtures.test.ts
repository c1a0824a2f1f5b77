import { expect, test } from "vitest";
import { badFixtures, documentedFixtures, fixture, fixtureCases, fixturesOfCase } from "../src/index.ts";

test("finds a fixture by its name, good or bad", () => {
  expect(JSON.parse(fixture("documented-analysis-result").bytes.toString())).toMatchObject({
    messageType: "ANALYSIS_RESULT",
  });
  expect(fixture("01-truncated-json").name).toBe("01-truncated-json");
});

test("says which name it doesn't know, because a test on no fixture would pass", () => {
  expect(() => fixture("documented-nothing")).toThrow("documented-nothing");
  expect(() => fixturesOfCase(4)).toThrow("case 4");
});

test("each of the six cases has its upload and a decision", () => {
  expect(fixtureCases()).toEqual([1, 2, 3, 5, 6, 9]);
  for (const number of fixtureCases()) {
    const names = fixturesOfCase(number).map(({ name }) => name);
    expect(names).toContainEqual(expect.stringContaining("document-to-analyse-received"));
    expect(names).toContainEqual(expect.stringContaining("client-file-status-changed"));
  }
});

test("there are four documented messages, and bodies that must not be applied", () => {
  expect(documentedFixtures()).toHaveLength(4);
  expect(badFixtures().length).toBeGreaterThanOrEqual(8);
});
