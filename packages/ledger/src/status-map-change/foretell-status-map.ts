import {
  type CarriedOver,
  type ClientFileView,
  explainChange,
  fold,
  releasedUnvouched,
  type StatusMap,
} from "@receiver/client-file";
import { dayInAbidjan } from "@receiver/events";
import { clockEscalations } from "../apply/clock-escalations.ts";
import { loadEvents } from "../apply/events.ts";
import type { FileChange } from "../apply/refold-file.ts";
import { viewIn } from "../queries/client-files.ts";
import type { Rules } from "../rules.ts";
import type { LedgerDatabase } from "../transaction.ts";
import { type AlikeChanges, createTally } from "./tally-changes.ts";
import { everyMap, type Stretch, type Walked, walkAffected } from "./walk-affected.ts";

/** `affected`: files that bear a status which is read otherwise. */
export type ForetoldMap = Walked & { affected: number; changes: AlikeChanges[] };

/** What the files would be under another map. Reads alone: nothing is locked, however many files there are. */
export async function foretellStatusMap(
  db: LedgerDatabase,
  rules: Rules,
  entries: StatusMap,
  { now, ...stretch }: Stretch & { now: Date },
): Promise<ForetoldMap> {
  const tally = createTally();
  let affected = 0;
  const walked = await walkAffected(db, [...(await everyMap(db)), entries], stretch, async (id) => {
    const change = await foretellFile(db, id, { rules, entries, now });
    affected += 1;
    if (change?.changed) tally.add(change);
  });
  return { ...walked, affected, changes: tally.all() };
}

type Under = { rules: Rules; entries: StatusMap; now: Date };
type Foretold = Pick<FileChange, "clientFileId" | "state" | "flags" | "changed">;

async function foretellFile(db: LedgerDatabase, id: string, { rules, entries, now }: Under): Promise<Foretold | null> {
  const row = await db
    .selectFrom("client_files")
    .selectAll()
    .select(clockEscalations)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row || row.merged_into !== null) return null;
  const ids = { companyId: row.company_id, fileUuid: row.file_uuid, fileNumber: row.file_number };
  const before = viewIn(row);
  const after = fold(await loadEvents(db, ids), {
    statusMap: entries,
    confirm: rules.confirm,
    releasedBefore: releasedUnvouched(rules.confirm, before),
    today: dayInAbidjan(now.getTime()),
    linksContradicted: row.links_contradicted,
    escalatedByClock: row.clock_escalations,
    stalledByClock: before.flags.includes("stalled"),
    carried: carriedAlready(before), // no status of another file changes how often a check was run again
  });
  return {
    clientFileId: id,
    state: { before: before.state, after: after.state },
    flags: { before: before.flags, after: after.flags },
    changed: explainChange(before, after).changed,
  };
}

const carriedAlready = ({ retries }: ClientFileView): CarriedOver[] =>
  retries.flatMap(({ documentType, verification, carried }) =>
    documentType === null ? [] : [{ documentType, verification, attempts: carried }],
  );
