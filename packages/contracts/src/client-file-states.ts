/** Where a client file stands. One at a time. */
export const clientFileStates = [
  "RECEIVED",
  "IN_ANALYSIS",
  "RETRY_REQUESTED",
  "AWAITING_DECISION",
  "APPROVED",
  "REJECTED",
  "ERROR",
] as const;
export type State = (typeof clientFileStates)[number];

/** What stands beside the state. Any number at a time. */
export const flags = [
  "unconfirmed",
  "unknown-status",
  "orphan",
  "conflict",
  "escalated",
  "stalled",
  "document-expired",
  "document-near-expiry",
  "reopened",
  "future-dated",
] as const;
export type Flag = (typeof flags)[number];
