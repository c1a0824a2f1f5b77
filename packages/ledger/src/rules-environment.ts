import { confirmPolicies } from "@receiver/client-file";
import { explain, fields } from "@receiver/runtime";
import { z } from "zod";
import type { Rules } from "./rules.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TEN_DAYS = Array.from({ length: 10 }, (_, day) => (day + 1) * DAY_MS);

/** What folds is asked for. Spread its `shape`, and let {@link rulesIn} read it. */
export const rulesEnvironment = z.object({
  NODE_ENV: z.string().optional(),
  CONFIRM: fields.oneOf(confirmPolicies, "decisions").optional(),
  DANAYA_API_URL: z.string().optional(),
  /** After a file's last change. */
  LOOK_UP_AFTER: fields.durations.default([
    2 * 60_000,
    10 * 60_000,
    30 * 60_000,
    2 * HOUR_MS,
    12 * HOUR_MS,
    ...TEN_DAYS,
  ]),
  LOOK_UP_DECIDED_AFTER: fields.durations.default([DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS]),
});

type Environment = z.output<typeof rulesEnvironment>;

const sayNever = "Set DANAYA_API_URL, or CONFIRM=never to release decisions on webhooks alone, marked confirmed:false";
const problems = {
  unsaid: explain({ rule: "must be set in production: there is no API that could confirm a decision", fix: sayNever }),
  unable: explain({ rule: "must be never: there is no API that could confirm a decision", fix: sayNever }),
};

/** For a schema's `superRefine`. In production nobody may believe by default that decisions are confirmed. */
export function expectConfirmation(env: Environment, context: z.core.$RefinementCtx<unknown>): void {
  const problem = problemOf(env);
  if (problem !== null) context.addIssue({ code: "custom", path: ["CONFIRM"], message: problem });
}

function problemOf({ NODE_ENV, CONFIRM, DANAYA_API_URL }: Environment): string | null {
  if (DANAYA_API_URL !== undefined) return null;
  if (CONFIRM === undefined) return NODE_ENV === "production" ? problems.unsaid : null;
  return CONFIRM === "never" ? null : problems.unable;
}

/** With an API every decision needs its word, unless it is said otherwise. */
export function rulesIn(env: Environment): Rules {
  if (env.DANAYA_API_URL === undefined) return { confirm: "never", lookUps: null };
  return {
    confirm: env.CONFIRM ?? "decisions",
    lookUps: { openAfterMs: env.LOOK_UP_AFTER, decidedAfterMs: env.LOOK_UP_DECIDED_AFTER },
  };
}
