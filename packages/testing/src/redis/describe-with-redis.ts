import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
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

/**
 * For tests that need servers of their own to configure and to promote: containers don't reach one another, so `redis-server` or
 * `valkey-server` must be on the PATH. Skipped, or with `REQUIRE_REDIS=1` failed, like {@link describeWithRedis}.
 */
export function describeWithRedisPair(name: string, tests: () => void): void {
  const why = "neither redis-server nor valkey-server is on the PATH";
  if (["redis-server", "valkey-server"].some(isOnPath)) describe(name, tests);
  else if (process.env.REQUIRE_REDIS === "1") describe(name, () => failBecause(why));
  else describe.skip(`${name} [skipped, it needs two Redis servers: ${why}]`, tests);
}

function isOnPath(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function failBecause(why: string): void {
  test("needs a real Redis", () => {
    throw new Error(`REQUIRE_REDIS=1, and there is no Redis: ${why}`);
  });
}
