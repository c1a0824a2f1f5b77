import { expect, test } from "vitest";
import { describeSealed, lacksKeys, missingOf } from "../../src/keys/describe-sealed.ts";

const sealed = {
  dataKeys: [
    { masterVersion: "new", count: 12 },
    { masterVersion: "lost", count: 1 },
    { masterVersion: null, count: 2 },
  ],
  bodies: [
    { kind: "plain" as const, version: null, count: 3 },
    { kind: "intake" as const, version: "new", count: 4 },
    { kind: "data-key" as const, version: null, count: 50 },
    { kind: "erased" as const, version: null, count: 5 },
    { kind: "key-missing" as const, version: null, count: 6 },
  ],
};
const versions = { current: "new", known: ["new", "old"] };

test("what is sealed under what is counted, and the key that may be destroyed is named", () => {
  expect(describeSealed(sealed, versions)).toEqual([
    "data keys, by the master key that they are sealed under",
    "  new (current)                        12",
    "  lost (MISSING: not in MASTER_KEYS)    1",
    "  destroyed                             2",
    "bodies, by what they are sealed with",
    "  plain                                    3",
    "  sealed to the intake, new (current)      4",
    "  under a data key                        50",
    "  erased                                   5",
    "  under a data key whose row is MISSING    6",
    "nothing is sealed under old any more",
  ]);
  expect(missingOf(sealed, versions)).toEqual(["lost"]);
});

test("a key is missing where a master key is, or the row of a data key, and not where one was destroyed on purpose", () => {
  const of = (masterVersion: string | null, kind: "data-key" | "key-missing" | "erased") => ({
    dataKeys: [{ masterVersion, count: 1 }],
    bodies: [{ kind, version: null, count: 1 }],
  });
  expect(lacksKeys(of("lost", "data-key"), versions)).toBe(true);
  expect(lacksKeys(of("new", "key-missing"), versions)).toBe(true);
  expect(lacksKeys(of("old", "data-key"), versions)).toBe(false);
  expect(lacksKeys(of(null, "erased"), versions)).toBe(false);
});

test("where nothing is stored yet it says so", () => {
  expect(describeSealed({ dataKeys: [], bodies: [] }, versions)).toContain("  none");
});
