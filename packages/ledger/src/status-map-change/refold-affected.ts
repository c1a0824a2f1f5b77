import { writeAudit } from "../audit.ts";
import { foldAnew } from "../refold-client-file.ts";
import type { Rules } from "../rules.ts";
import { currentStatusMap } from "../status-map.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import { type AlikeChanges, createTally } from "./tally-changes.ts";
import { everyMap, type Stretch, type Walked, walkAffected } from "./walk-affected.ts";

/** `version`: of the map. */
export type RefoldedMap = Walked & { version: number; refolded: number; changes: AlikeChanges[]; wakeUps: WakeUp[] };

/**
 * Folds the files anew that bear a status which another version of the map read otherwise. Each is a transaction under its own locks,
 * beside deliveries; who stops in between has refolded what he refolded, and the same again changes nothing more. One line of the
 * audit tells of all.
 */
export async function refoldAffected(
  db: LedgerDatabase,
  rules: Rules,
  { now, ...stretch }: Stretch & { now: Date },
  by: { actor: string; reason: string },
): Promise<RefoldedMap> {
  const { version } = await currentStatusMap(db);
  const tally = createTally();
  const wakeUps: WakeUp[] = [];
  let refolded = 0;
  const walked = await walkAffected(db, await everyMap(db), stretch, async (id) => {
    const result = await inTransaction(db, (trx, foreseen) => foldAnew(trx, rules, id, { now, foreseen }));
    if (result === null) return; // merged into another meanwhile, which is folded with it
    refolded += 1;
    wakeUps.push(...result.wakeUps);
    if (result.change.changed) tally.add(result.change);
  });
  const changes = tally.all();
  const changed = changes.reduce((sum, { files }) => sum + files, 0);
  const detail = { refolded, changed, after: stretch.after, upTo: walked.nextCursor };
  const entry = { ...by, action: "status-map.refold", target: `version ${version}`, detail };
  await inTransaction(db, (trx) => writeAudit(trx, entry));
  return { ...walked, version, refolded, changes, wakeUps };
}
