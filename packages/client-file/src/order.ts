import { type ClientFileEvent, truncateToSecond } from "@receiver/events";
import { type Reading, readEvent } from "./reading.ts";
import { isOperatorAct, sources } from "./sources.ts";
import { states } from "./states.ts";
import type { StatusMap } from "./status-map.ts";

/**
 * The events once each, in the order in which they are folded, without those that an operator took back. Invariant: a function of the
 * set. When an event arrived, and how often, is no part of the key.
 */
export function inFoldOrder(events: readonly ClientFileEvent[], statusMap: StatusMap): Reading[] {
  const once = new Map(events.map((event) => [event.eventId, event]));
  const withdrawn = new Set(events.map(({ withdraws }) => withdraws));
  const inForce = [...once.values()].filter((event) => !(isOperatorAct(event.source) && withdrawn.has(event.eventId)));
  return inForce.map((event) => readEvent(event, statusMap)).sort(byFoldOrder);
}

function byFoldOrder(a: Reading, b: Reading): number {
  const [left, right] = [foldKey(a), foldKey(b)];
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return a.event.eventId < b.event.eventId ? -1 : 1;
}

/** A date in the future is a bare claim: read before all others, such an event outlasts nothing. */
const foldKey = ({ event, names }: Reading): number[] => [
  event.futureDated ? 0 : 1,
  truncateToSecond(event.occurredAt),
  sources[event.source].rank,
  names === null ? -1 : states[names].progress,
];
