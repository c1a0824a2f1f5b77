import type { State } from "@receiver/contracts";
import type { ClientFileEvent, EventVerification } from "@receiver/events";
import { sources } from "./sources.ts";
import { isDecided } from "./states.ts";
import { type StatusMap, stateOfStatus } from "./status-map.ts";

/** An event as the status map reads it: the state that it names, if it names one. */
export type Reading = { event: ClientFileEvent; names: State | null; statusUnknown: boolean };

export function readEvent(event: ClientFileEvent, statusMap: StatusMap): Reading {
  const mapped = event.status === null ? null : stateOfStatus(statusMap, event.status);
  return { event, names: namedState(event, mapped), statusUnknown: event.status !== null && mapped === null };
}

function namedState(event: ClientFileEvent, mapped: State | null): State | null {
  if (event.source === "OPERATOR") return event.decision ?? mapped;
  if (sources[event.source].authority === "opens") return null;
  if (event.source === "RETRY") return namedByRetry(event, mapped);
  // An analysis that names a decision is still an analysis: somebody has yet to decide.
  return event.source === "ANALYSIS" && isDecided(mapped) ? "AWAITING_DECISION" : mapped;
}

function namedByRetry(event: ClientFileEvent, mapped: State | null): State | null {
  if (event.verifications.some(isRetry)) return "RETRY_REQUESTED";
  return isDecided(mapped) ? null : mapped;
}

export const isRetry = (verification: EventVerification): boolean => verification.status === "RETRY";
