import type { Generated } from "kysely";

/**
 * One row per upload that Danaya's API is asked about. States: due → leased (due again, should its asker die) → due for the next step
 * | exhausted (the table is at its end). A new occasion, which is a question and what raised it, begins anew.
 */
export interface LookUpsTable {
  company_id: string;
  file_uuid: string;
  question: "doubt" | "open" | "decided";
  occasion: string;
  /** From when the table counts. */
  since: Date;
  /** Steps that were answered. */
  step: Generated<number>;
  /** Questions in a row that nobody answered. */
  failures: Generated<number>;
  due_at: Date | null;
  asked_at: Generated<Date | null>;
  exhausted_at: Generated<Date | null>;
}

/** One row: how much Danaya's API may be asked, by all processes together. Its states: open → closed until a time → half open. */
export interface DanayaGateTable {
  id: Generated<number>;
  tokens: Generated<number>;
  refilled_at: Generated<Date>;
  /** In a row. */
  failures: Generated<number>;
  closed_until: Date | null;
  closed_by: string | null;
}
