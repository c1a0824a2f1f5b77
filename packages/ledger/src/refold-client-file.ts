import { lockFile } from "./apply/file-rows.ts";
import { type FileChange, refoldFile } from "./apply/refold-file.ts";
import { writeAudit } from "./audit.ts";
import type { Rules } from "./rules.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction, type LockKey } from "./transaction.ts";
import type { WakeUp } from "./wake-up.ts";

/** Folds a file under the status map in force now. Null when there is no such file, or it was merged into another. */
export async function refoldClientFile(
  db: LedgerDatabase,
  rules: Rules,
  id: string,
  by: { actor: string; now: Date; reason: string | null },
): Promise<{ change: FileChange; wakeUps: WakeUp[] } | null> {
  return inTransaction(db, async (trx, foreseen) => {
    const result = await foldAnew(trx, rules, id, { now: by.now, foreseen });
    if (result === null) return null;
    await writeAudit(trx, { actor: by.actor, action: "client-file.refold", target: id, reason: by.reason });
    return result;
  });
}

/** Under the file's locks. */
export async function foldAnew(
  trx: LedgerTransaction,
  rules: Rules,
  id: string,
  { now, foreseen }: { now: Date; foreseen: readonly LockKey[] },
): Promise<{ change: FileChange; wakeUps: WakeUp[] } | null> {
  const file = await lockFile(trx, id, foreseen);
  return file && refoldFile(trx, file, { cause: null, now, rules });
}
