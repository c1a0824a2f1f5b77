/** Whom a subscriber speaks to. PEP, sanction and media results are for compliance, and never for a customer. */
export const audiences = ["operations", "compliance", "customer"] as const;
export type Audience = (typeof audiences)[number];
