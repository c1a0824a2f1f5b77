import type { ClientFileEvent } from "@receiver/events";
import { inFoldOrder } from "./order.ts";
import { isRetry, type Reading } from "./reading.ts";
import type { StatusMap } from "./status-map.ts";
import { trustedTimes } from "./trusted-times.ts";

/** Where a file stands among those of its externalId: who resubmits begins a new file. `openedAt` is in milliseconds since 1970. */
export type Submission = { externalId: string; openedAt: number };

/** Null where nothing can be carried into a file or out of it: without an externalId, or a check that had to be run again. */
export function submissionOf(events: readonly ClientFileEvent[], statusMap: StatusMap): Submission | null {
  if (!events.some(isRetried)) return null;
  const externalId = externalIdIn(inFoldOrder(events, statusMap));
  return externalId === null ? null : { externalId, openedAt: openedAtIn(events) };
}

/** A date in the future is a bare claim: nothing is counted by it. */
const isRetried = ({ futureDated, verifications }: ClientFileEvent): boolean =>
  !futureDated && verifications.some(isRetry);

/**
 * Under which the bank knows the file. What it registered itself stands against any webhook, which anybody can write: a decision that
 * Danaya's API confirmed would go out under another customer's. Otherwise the last that was given.
 *
 * @param readings in fold order
 */
export function externalIdIn(readings: readonly Reading[]): string | null {
  const given = readings.map(({ event }) => event).filter(({ externalId }) => externalId !== null);
  const registered = given.filter(({ source }) => source === "REGISTRATION");
  return (registered.at(-1) ?? given.at(-1))?.externalId ?? null;
}

export const openedAtIn = (events: readonly ClientFileEvent[]): number =>
  Math.min(
    ...trustedTimes(events),
    ...events.flatMap((event) => (event.futureDated ? [] : (event.fileCreatedAt ?? []))),
  );
