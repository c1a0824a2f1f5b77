import type { Lifecycle } from "./lifecycle.ts";
import { sources } from "./sources.ts";
import type { StandingReading } from "./standing.ts";

/** What a file may wait for too long: the step after one of these states, or who vouches for its decision. */
export const waits = [
  "RECEIVED",
  "IN_ANALYSIS",
  "RETRY_REQUESTED",
  "AWAITING_DECISION",
  "ERROR",
  "UNCONFIRMED",
] as const;
export type Wait = (typeof waits)[number];

/** Null where nobody waits: of a decision that is released, and of a file that an operator gave up. */
export function waitOf(readings: readonly StandingReading[], { state, released, path }: Lifecycle): Wait | null {
  if (state !== released.state) return "UNCONFIRMED";
  return isGivenUp(readings, path) ? null : (waits.find((wait) => wait === state) ?? null);
}

/** Until a delivery speaks of it, or anything moves it: a look-up that finds it as it was takes nothing back. */
function isGivenUp(readings: readonly StandingReading[], path: Lifecycle["path"]): boolean {
  const last = readings.findLastIndex(({ event }) => event.source === "ABANDON");
  const moved = new Set(path.map(({ cause }) => cause));
  return last >= 0 && !readings.slice(last + 1).some(({ event }) => moved.has(event.eventId) || isReported(event));
}

const isReported = ({ source }: StandingReading["event"]): boolean =>
  ["reports", "decides"].includes(sources[source].authority);
