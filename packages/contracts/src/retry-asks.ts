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

/** The steps that follow an open retry, in order. `abandonment`: an operator may give it up; no customer is told. */
export const followUps = ["ask", "reminder", "escalation", "abandonment"] as const;
export type FollowUp = (typeof followUps)[number];
