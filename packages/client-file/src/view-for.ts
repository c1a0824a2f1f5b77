import type { Audience, Flag, State } from "@receiver/contracts";
import type { ClientFileView } from "./fold.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { retryPolicyFor } from "./retry-policy.ts";

/**
 * The file as an audience may see it. PEP, sanction and media checks are for compliance alone; a customer is shown only
 * what he is to be asked for, and neither a state nor a flag that another check brought about: that would tip him off. So may the time that
 * a file waits, which is longer where somebody looks into it.
 */
export function viewFor(audience: Audience, view: ClientFileView): ClientFileView {
  const retries = view.retries.filter(shownTo[audience]);
  const hidden = (flag: Flag) =>
    (mayHideFlag(audience, flag) && !retries.some(({ escalated }) => escalated)) ||
    (audience === "customer" && flag === "stalled");
  const flags = view.flags.filter((flag) => !hidden(flag));
  return { ...view, retries, flags, state: audience === "customer" ? stateForCustomer(view, retries) : view.state };
}

/**
 * Whether some files hide this flag from the audience. It must not search by it: how many files are found, and where a page ends, would
 * tell of those.
 */
export const mayHideFlag = (audience: Audience, flag: Flag): boolean =>
  audience !== "compliance" && flag === "escalated";

const shownTo: Record<Audience, (counter: RetryCounter) => boolean> = {
  compliance: () => true,
  operations: ({ verification }) => retryPolicyFor(verification).audience !== "compliance",
  customer: ({ verification, attempts }) => {
    const policy = retryPolicyFor(verification);
    return policy.audience === "customer" && attempts >= policy.fromAttempt;
  },
};

function stateForCustomer({ state }: ClientFileView, shown: readonly RetryCounter[]): State {
  const isAsked = shown.some(({ status }) => status === "open");
  return state === "RETRY_REQUESTED" && !isAsked ? "IN_ANALYSIS" : state;
}
