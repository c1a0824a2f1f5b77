/** What a verification in RETRY calls for. The two reviews are never shown to a customer. */
export const asks = [
  "new-selfie",
  "new-photo",
  "another-document",
  "check-data",
  "compliance-review",
  "operator-review",
] as const;
export type Ask = (typeof asks)[number];

/** The steps that follow an open retry, in order. */
export const followUps = ["ask", "reminder", "escalation"] as const;
export type FollowUp = (typeof followUps)[number];
