import type { Flag } from "@receiver/contracts";
import type { Day } from "@receiver/events";
import { documentFlags, documentOn } from "./documents.ts";
import type { ClientFileView } from "./fold.ts";

/** What the same events fold to on another day: of a file, only how good its documents are goes by the calendar. */
export function onDay(view: ClientFileView, today: Day): ClientFileView {
  const documents = view.documents.map((document) => documentOn(document, today));
  const raised = Object.entries(documentFlags).flatMap(([flag, holds]) => (holds(documents) ? [flag as Flag] : []));
  const others = view.flags.filter((flag) => !Object.hasOwn(documentFlags, flag));
  return { ...view, documents, flags: [...others, ...raised].sort() };
}
