import type { ErrorCode } from "../errors/error-codes.ts";
import { toReceiverError } from "../errors/to-receiver-error.ts";
import { within } from "../within.ts";

/** By name: resolves when what the process needs is there, rejects when it is not. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;
export type CheckResults = { passed: boolean; checks: Record<string, "ok" | ErrorCode> };

/** Shorter than the time-out of the usual probes (Docker, Kubernetes: seconds), so that they hear which check it was. */
const CHECK_LIMIT_MS = 2_000;

/** All checks at once. A failed one is told by its code alone. Never rejects. */
export async function runChecks(checks: Checks): Promise<CheckResults> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await resultOf(check)] as const),
  );
  return { passed: results.every(([, result]) => result === "ok"), checks: Object.fromEntries(results) };
}

async function resultOf(check: () => Promise<unknown>): Promise<"ok" | ErrorCode> {
  try {
    await within(CHECK_LIMIT_MS, check);
    return "ok";
  } catch (thrown) {
    return toReceiverError(thrown).code;
  }
}
