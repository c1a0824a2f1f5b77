import {
  explainChange,
  type FoldContext,
  fold,
  onDay,
  releasedUnvouched,
  shownToCustomer,
} from "@receiver/client-file";
import type { ClientFileEvent } from "@receiver/events";
import type { Occasion, Views } from "./announce-change.ts";

type Context = Omit<FoldContext, "stalledByClock" | "releasedBefore">;

/**
 * Folds a file for whom it may be shown. `heard`: there is word of it, by an event that it did not know, or by one that makes it another file.
 * A file of which there is word is stalled no longer.
 */
export function foldViews(
  events: readonly ClientFileEvent[],
  context: Context,
  before: Views | null,
  occasion: Occasion,
): { after: Views; heard: boolean } {
  const wasStalled = before?.whole.flags.includes("stalled") ?? false;
  const after = viewsOf(events, { ...context, stalledByClock: wasStalled || occasion.stalls === true }, before);
  const heard = occasion.cause !== null && (occasion.heard === true || differs(before, after, context));
  return { after: heard && wasStalled ? viewsOf(events, { ...context, stalledByClock: false }, before) : after, heard };
}

/** Each goes on from what was told of it. */
function viewsOf(events: readonly ClientFileEvent[], context: FoldContext, before: Views | null): Views {
  const releasedBefore = (view: keyof Views) => releasedUnvouched(context.confirm, before?.[view] ?? null);
  return {
    whole: fold(events, { ...context, releasedBefore: releasedBefore("whole") }),
    customer: fold(shownToCustomer(events), { ...context, releasedBefore: releasedBefore("customer") }),
  };
}

/** What only the calendar changed is no word of anybody. */
const differs = (before: Views | null, after: Views, { today }: Context): boolean =>
  explainChange(before && onDay(before.whole, today), after.whole).changed;
