import type { Flag, State } from "@receiver/contracts";

/** What people read in place of the names of the API, which stay the same in every language. */
export const stateWords: Record<State, string> = {
  RECEIVED: "Received",
  IN_ANALYSIS: "In analysis",
  RETRY_REQUESTED: "Retry requested",
  AWAITING_DECISION: "Awaiting decision",
  APPROVED: "Approved",
  REJECTED: "Rejected",
  ERROR: "Error",
};

export const stateWord = (state: string): string =>
  Object.hasOwn(stateWords, state) ? stateWords[state as State] : state;

export const flagMeanings: Record<Flag, string> = {
  unconfirmed: "The decision waits to be confirmed by Danaya's API",
  "unknown-status": "A delivery bears a status that the status map doesn't know",
  orphan: "No upload is linked to this number yet",
  conflict: "Deliveries contradict each other: an operator decides, or Danaya's API",
  escalated: "A check was tried too often, left open too long, or is compliance's",
  stalled: "Nothing has happened for too long",
  "document-expired": "A document has run out",
  "document-near-expiry": "A document runs out within 90 days",
  reopened: "Something newer came after the decision",
  "future-dated": "A delivery is dated in the future: it decides nothing",
};

export const datedMeanings = {
  future: "Dated more than 10 minutes after it came: it decides nothing",
  "long-ago": "Dated more than 30 days before it came",
} as const;

export const confirmationWords = {
  confirmed: "confirmed",
  unconfirmed: "by webhook alone",
  none: "no decision yet",
} as const;

export const askWords = {
  "new-selfie": "ask for a new selfie",
  "new-photo": "ask for a new photograph",
  "another-document": "ask for another document",
  "check-data": "check the data",
  "compliance-review": "compliance reviews",
  "operator-review": "an operator reviews",
} as const;

export const validityWords = {
  "never-expires": "does not expire",
  unknown: "unknown",
  valid: "valid",
  near: "runs out soon",
  expired: "expired",
} as const;
