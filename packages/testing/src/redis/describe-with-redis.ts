import { describe, test } from "vitest";
import { services } from "../services.ts";

/**
 * For tests that need a real Redis. Where there is none they are skipped and their name says why; with `REQUIRE_REDIS=1`
 * one test fails in place of all of them.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  const { redis } = services();
  if (redis.kind === "available") describe(name, tests);
  else if (redis.required) describe(name, () => failBecause(redis.why));
  else describe.skip(`${name} [skipped, it needs a real Redis: ${redis.why}]`, tests);
}

function failBecause(why: string): void {
  test("needs a real Redis", () => {
    throw new Error(`REQUIRE_REDIS=1, and there is no Redis: ${why}`);
  });
}
