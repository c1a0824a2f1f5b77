import { expect, test } from "vitest";
import { readRetentionEnvironment } from "../../src/retention/environment.ts";
import { parseRetentionOptions } from "../../src/retention/options.ts";

const parse = (...args: string[]) => parseRetentionOptions(["node", "retention", ...args]);

test("is a dry run unless it is told to erase, because what is erased does not come back", () => {
  expect(parse()).toEqual({ by: null, json: false });
  expect(parse("--dry-run", "--json")).toEqual({ by: null, json: true });
  expect(parse("--apply", "--by", "awa", "--reason", "yearly")).toEqual({
    by: { actor: "cli:awa", reason: "yearly" },
    json: false,
  });
});

test("keeps ten years of evidence and half a year of the rest, and takes no unit for the other", () => {
  const env = { DATABASE_URL: "postgres://h/d" };
  expect(readRetentionEnvironment(env).policy).toEqual({ operationalDays: 180, evidenceYears: 10 });
  expect(() => readRetentionEnvironment({ ...env, RETENTION_EVIDENCE: "10d" })).toThrow();
});
