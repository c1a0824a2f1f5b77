import type { State } from "@receiver/contracts";
import { isDecided } from "./states.ts";

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
