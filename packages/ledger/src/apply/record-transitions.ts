import type { ClientFileView, Step } from "@receiver/client-file";
import type { LedgerTransaction } from "../transaction.ts";

/**
 * Rows are only added, and each step once: one that a late delivery put into the past is recorded now, under its own time, and one that
 * left the file with a link and comes back with another is recorded already.
 *
 * @returns the steps that the path before did not have.
 */
export async function recordTransitions(
  trx: LedgerTransaction,
  clientFileId: string,
  fold: { before: ClientFileView | null; after: ClientFileView; version: number; now: Date },
): Promise<Step[]> {
  const known = new Set(fold.before?.path.map(stepKey));
  const learned = fold.after.path.filter((step) => !known.has(stepKey(step)));
  // Of a file that is folded for the first time nothing is recorded.
  const recorded = fold.before === null ? new Set() : await recordedSteps(trx, clientFileId, learned);
  const fresh = learned.filter((step) => !recorded.has(stepKey(step)));
  if (fresh.length === 0) return learned;
  await trx
    .insertInto("transitions")
    .values(
      fresh.map((step) => ({
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

async function recordedSteps(
  trx: LedgerTransaction,
  clientFileId: string,
  steps: readonly Step[],
): Promise<Set<string>> {
  if (steps.length === 0) return new Set();
  const rows = await trx
    .selectFrom("transitions")
    .select(["cause", "from_state as from", "to_state as to"])
    .where("client_file_id", "=", clientFileId)
    .where(
      "cause",
      "in",
      steps.map(({ cause }) => cause),
    )
    .execute();
  return new Set(rows.map(stepKey));
}

/** An event moves a file once: what it moved it from may differ as more is learned. */
export const stepKey = (step: { cause: string; from: string; to: string }): string =>
  `${step.cause} ${step.from} ${step.to}`;
