import type { ConfirmPolicy } from "@receiver/client-file";

/** When Danaya's API is asked again, in milliseconds from the time at which there was reason to ask. Ascending. */
export type LookUpTable = {
  /** Of a file that waits for word. One whose decision is in doubt is asked about at once as well. */
  openAfterMs: readonly number[];
  /** Of a decided file: whether it still is. */
  decidedAfterMs: readonly number[];
};

/** What an operator's configuration adds to the events. Every process that folds is given the same. */
export type Rules = {
  confirm: ConfirmPolicy;
  /** Null: there is no API to ask. */
  lookUps: LookUpTable | null;
};

/** Of who opens a ledger without a word of rules: it tells nobody what rests on webhooks alone, whatever it comes to fold. */
export const rulesUnsaid: Rules = { confirm: "decisions", lookUps: null };

/** Without an API nobody can be asked, and decisions are released on webhooks alone. */
export const rulesWithoutApi: Rules = { confirm: "never", lookUps: null };
