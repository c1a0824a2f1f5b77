import { type ClientFileView, type Question, questionOf } from "@receiver/client-file";
import { sql } from "kysely";
import type { LookUpTable } from "../rules.ts";
import type { LedgerTransaction } from "../transaction.ts";
import type { Occasion } from "./announce-change.ts";
import type { FileRow } from "./file-rows.ts";

/**
 * Has Danaya's API asked about the file as its state wants it. A file that says what it said goes on in its table; another
 * question, or the same one about something new, begins anew.
 */
export async function syncLookUps(
  trx: LedgerTransaction,
  { companyId, fileUuid }: Pick<FileRow, "companyId" | "fileUuid">,
  view: ClientFileView,
  { rules: { lookUps }, now }: Pick<Occasion, "rules" | "now">,
): Promise<void> {
  if (lookUps === null || fileUuid === null) return;
  const question = questionOf(view);
  const occasion = [question, view.state, view.path.at(-1)?.cause ?? ""].join(" ");
  const since = new Date(Math.max(now.getTime(), view.lastEventAt)); // another clock may run some minutes ahead of ours
  const [firstMs] = stepsOf(question, lookUps);
  const due = firstMs === undefined ? null : new Date(since.getTime() + firstMs);
  await sql`
    insert into look_ups (company_id, file_uuid, question, occasion, since, due_at)
    values (${companyId}, ${fileUuid}, ${question}, ${occasion}, ${since}, ${due})
    on conflict (company_id, file_uuid) do update set question = excluded.question, occasion = excluded.occasion,
      since = excluded.since, due_at = excluded.due_at, step = 0, failures = 0, exhausted_at = null
    where look_ups.occasion <> excluded.occasion`.execute(trx);
}

/** Milliseconds after `since`, ascending. What is in doubt is asked about at once. */
export const stepsOf = (question: Question, { openAfterMs, decidedAfterMs }: LookUpTable): readonly number[] =>
  ({ doubt: [0, ...openAfterMs], open: openAfterMs, decided: decidedAfterMs })[question];
