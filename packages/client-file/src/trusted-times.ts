import type { ClientFileEvent } from "@receiver/events";

/** When it happened, without the dates that lie in the future unless there are no others. */
export function trustedTimes(events: readonly ClientFileEvent[]): number[] {
  const trusted = events.filter((event) => !event.futureDated);
  return (trusted.length > 0 ? trusted : events).map((event) => event.occurredAt);
}
