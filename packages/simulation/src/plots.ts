import type { State } from "@receiver/contracts";

/** What a file goes through between its upload and its end. */
export type Plot = {
  /** How often it is told, in proportion to the others. */
  weight: number;
  /** RETRY messages of one document and verification, with attempts that rise from 1: at least, at most. */
  retries: [number, number];
  /** `flat` bears both ids of the file, in the form without an envelope. */
  analysis: "envelope" | "flat" | "none";
  decision: "approval" | "refusal" | "none";
  /** Where the file stands in the end, with the status map as delivered. */
  ends: State;
};

const FEW: [number, number] = [1, 2];
const NONE: [number, number] = [0, 0];

export const plots = {
  approved: { weight: 40, retries: NONE, analysis: "envelope", decision: "approval", ends: "APPROVED" },
  refused: { weight: 14, retries: NONE, analysis: "envelope", decision: "refusal", ends: "REJECTED" },
  "retried, approved": { weight: 14, retries: FEW, analysis: "envelope", decision: "approval", ends: "APPROVED" },
  "retried, refused": { weight: 4, retries: FEW, analysis: "envelope", decision: "refusal", ends: "REJECTED" },
  "escalated, approved": { weight: 4, retries: [3, 4], analysis: "envelope", decision: "approval", ends: "APPROVED" },
  "in retry": { weight: 4, retries: FEW, analysis: "none", decision: "none", ends: "RETRY_REQUESTED" },
  awaiting: { weight: 10, retries: NONE, analysis: "envelope", decision: "none", ends: "AWAITING_DECISION" },
  "flat, awaiting": { weight: 3, retries: NONE, analysis: "flat", decision: "none", ends: "AWAITING_DECISION" },
  "flat, approved": { weight: 3, retries: NONE, analysis: "flat", decision: "approval", ends: "APPROVED" },
  uploaded: { weight: 4, retries: NONE, analysis: "none", decision: "none", ends: "RECEIVED" },
} satisfies Record<string, Plot>;

export type PlotName = keyof typeof plots;
