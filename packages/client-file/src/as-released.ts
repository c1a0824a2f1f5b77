import type { State } from "@receiver/contracts";
import type { ClientFileView } from "./fold.ts";
import { isDecided } from "./states.ts";
import type { Step } from "./step.ts";

/**
 * The file as it may go out: a decision that rests on unsigned webhooks is neither its state nor its score yet, nor a step of its path. Who speaks to anybody
 * outside, of whatever, speaks of this.
 */
export const asReleased = (view: ClientFileView): ClientFileView => ({
  ...view,
  ...view.released,
  // Reopened is what was decided: of a decision that nobody has heard of it would tell.
  flags: view.state === view.released.state ? view.flags : view.flags.filter((flag) => flag !== "reopened"),
  path: releasedSteps(view.path),
});

/** One way without a gap: the step that leaves an unreleased decision begins where the file was seen last, or it would name that decision. */
function releasedSteps(path: readonly Step[]): Step[] {
  const steps: Step[] = [];
  let seen: State = "RECEIVED";
  for (const step of path.filter(({ released }) => released !== false)) {
    if (step.from === seen) steps.push(step);
    else if (step.to !== seen) steps.push({ ...step, from: seen, reversal: isDecided(seen) });
    seen = step.to;
  }
  return steps;
}
