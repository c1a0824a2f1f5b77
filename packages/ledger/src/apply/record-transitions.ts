import type { ClientFileView, Step } from "@receiver/client-file";
import type { LedgerTransaction } from "../transaction.ts";

/**
 * Rows are only added: a step that a late delivery put into the past is recorded now, under its own time.
 *
 * @returns the steps that were not known before.
 */
export async function recordTransitions(
  trx: LedgerTransaction,
  clientFileId: string,
  fold: { before: ClientFileView | null; after: ClientFileView; version: number; now: Date },
): Promise<Step[]> {
  const known = new Set(fold.before?.path.map(stepKey));
  const learned = fold.after.path.filter((step) => !known.has(stepKey(step)));
  if (learned.length === 0) return learned;
  await trx
    .insertInto("transitions")
    .values(
      learned.map((step) => ({
        client_file_id: clientFileId,
        version: fold.version,
        from_state: step.from,
        to_state: step.to,
        occurred_at: new Date(step.occurredAt),
        recorded_at: fold.now,
        cause: step.cause,
        reversal: step.reversal,
      })),
    )
    .execute();
  return learned;
}

/** An event moves a file once: what it moved it from may differ as more is learned. */
export const stepKey = (step: { cause: string; from: string; to: string }): string =>
  `${step.cause} ${step.from} ${step.to}`;
