import type { z } from "zod";

/**
 * One rule that a body broke.
 * `path` is dotted (`payload.documents.0.id`), `""` for the body itself; a key that no contract names stands as `*`.
 * `message` gives the rule and the fix. Neither ever repeats what was sent: both are logged and answered.
 */
export type Problem = { path: string; message: string };

/** Bounds the answer to a body that breaks a rule in every element of a long list. */
export const MAX_PROBLEMS = 20;

export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message }));
}
