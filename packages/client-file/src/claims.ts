import type { State } from "@receiver/contracts";
import type { ClientFileEvent, EventSource } from "@receiver/events";
import { inFoldOrder } from "./order.ts";
import { sources } from "./sources.ts";
import { type Standing, withStandings } from "./standing.ts";
import type { StatusMap } from "./status-map.ts";

/** That somebody who may decide on a file names a state, and whether it counts. */
export type Claim = { eventId: string; source: EventSource; occurredAt: number; state: State; standing: Standing };

/** Who says what of a file, in fold order: for a person to whom a contradiction is put. What an operator took back is not among it. */
export function claimsIn(events: readonly ClientFileEvent[], statusMap: StatusMap): Claim[] {
  const deciding = withStandings(inFoldOrder(events, statusMap)).filter(({ event }) => decides.has(event.source));
  return deciding.flatMap(({ event: { eventId, source, occurredAt }, names, standing }) =>
    names === null ? [] : [{ eventId, source, occurredAt, state: names, standing }],
  );
}

const decides: ReadonlySet<EventSource> = new Set(
  (Object.keys(sources) as EventSource[]).filter((source) =>
    ["decides", "vouches"].includes(sources[source].authority),
  ),
);
