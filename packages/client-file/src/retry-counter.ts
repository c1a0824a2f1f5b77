import type { Ask, RawScore } from "@receiver/contracts";

/**
 * How often one check of one document had to be run again. `attempts` are those of its file and, of them, `carried` those of the files that it
 * supersedes.
 * `open` until a newer result is in, or an operator gives it up. `escalated`: it calls for a person, by its attempts or because this attempt
 * was left open too long. Times are milliseconds since 1970; `confidences` are raw, in fold order,
 * and `confidenceHistory` says when each was reported.
 */
export type RetryCounter = {
  documentId: string;
  documentType: string | null;
  verification: string;
  attempts: number;
  carried: number;
  status: "open" | "settled" | "abandoned";
  escalated: boolean;
  confidences: RawScore[];
  confidenceHistory: { at: number; value: RawScore }[];
  ask: Ask;
  firstAt: number;
  lastAt: number;
};
