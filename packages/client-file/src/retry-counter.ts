import type { Ask, RawScore } from "@receiver/contracts";

/**
 * How often one check of one document had to be run again.
 * `open` until a newer result is in, or an operator gives it up. Times are milliseconds since 1970; `confidences` are raw, in fold order.
 */
export type RetryCounter = {
  documentId: string;
  documentType: string | null;
  verification: string;
  attempts: number;
  status: "open" | "settled" | "abandoned";
  confidences: RawScore[];
  ask: Ask;
  firstAt: number;
  lastAt: number;
};
