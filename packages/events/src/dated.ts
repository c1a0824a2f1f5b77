/** What two clocks may differ by, and a message be under way backwards. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * Longer than any outage after which Danaya would send what it had kept, and than a retry stays open with us before it is given up. What
 * is older was sent by hand, or made up.
 */
const LONG_AGO_MS = 30 * 86_400_000;

/** How a delivery is dated against its receipt. */
export const datings = ["future", "long-ago", "usual"] as const;
export type Dated = (typeof datings)[number];

/**
 * A date in the future decides nothing. One of long ago is as good as any: it is said of the delivery, and no flag of its file, since an
 * old file that is sent again is rightly old.
 *
 * @param occurredAt by its own word; like `receivedAt` in milliseconds since 1970.
 */
export function datedOf(occurredAt: number, receivedAt: number): Dated {
  if (occurredAt > receivedAt + CLOCK_TOLERANCE_MS) return "future";
  return occurredAt < receivedAt - LONG_AGO_MS ? "long-ago" : "usual";
}
