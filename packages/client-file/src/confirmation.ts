import type { State } from "@receiver/contracts";
import { isDecided } from "./states.ts";
import type { Released, Step } from "./step.ts";

/**
 * Which decisions need the word of Danaya's API, or of an operator, before they are released: all, approvals alone, or none. A webhook
 * is unsigned, and anybody can write one.
 */
export const confirmPolicies = ["decisions", "approvals", "never"] as const;
export type ConfirmPolicy = (typeof confirmPolicies)[number];

const needsWord: Record<ConfirmPolicy, (state: State) => boolean> = {
  decisions: isDecided,
  approvals: (state) => state === "APPROVED",
  never: () => false,
};

/** Whether subscribers may hear of this state. One that is no decision is nobody's gain to forge. */
export const isReleased = (policy: ConfirmPolicy, file: { state: State; confirmed: boolean }): boolean =>
  file.confirmed || !needsWord[policy](file.state);

/** A decision that was released: `cause` is the id of the event that made it. */
export type ReleasedDecision = Pick<Step, "cause" | "to">;

/**
 * The decision that subscribers heard of without anybody's word, under a policy that asked for none. Null where this policy would have
 * released it as well.
 */
export function releasedUnvouched(
  policy: ConfirmPolicy,
  before: { released: Released; path: readonly Step[] } | null,
): ReleasedDecision | null {
  if (before === null || isReleased(policy, before.released)) return null;
  return before.path.findLast(({ released }) => released !== false) ?? null;
}
