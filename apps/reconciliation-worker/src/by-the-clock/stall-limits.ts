import type { StallLimits } from "@receiver/ledger";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Danaya analyses within minutes; a day covers a night of maintenance. A customer who is asked for another document has a week, as long as a
 * retry stays open. Three days for somebody at a desk, over a weekend. A decision is asked about within a second: after an hour nobody answers.
 */
export const defaultStallLimits: StallLimits = {
  RECEIVED: DAY_MS,
  IN_ANALYSIS: DAY_MS,
  RETRY_REQUESTED: 7 * DAY_MS,
  AWAITING_DECISION: 3 * DAY_MS,
  ERROR: DAY_MS,
  UNCONFIRMED: HOUR_MS,
};
