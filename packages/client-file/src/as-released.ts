import type { ClientFileView } from "./fold.ts";

/**
 * The file as it may go out: a decision that rests on unsigned webhooks is neither its state nor its score yet, nor a step of its path. Who speaks to anybody
 * outside, of whatever, speaks of this.
 */
export const asReleased = (view: ClientFileView): ClientFileView => ({
  ...view,
  ...view.released,
  // Reopened is what was decided: of a decision that nobody has heard of it would tell.
  flags: view.state === view.released.state ? view.flags : view.flags.filter((flag) => flag !== "reopened"),
  path: view.path.filter(({ released }) => released !== false),
});
