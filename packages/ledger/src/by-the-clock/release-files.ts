import { isDecided, isReleased } from "@receiver/client-file";
import { clientFileStates, type State } from "@receiver/contracts";
import { sql } from "kysely";
import { foldAnew } from "../refold-client-file.ts";
import type { Rules } from "../rules.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";

/**
 * Files whose decision waits for a word that the policy does not ask for, in the order of their ids: they were folded under a stricter
 * one, and it may be that nobody ever speaks of them again.
 *
 * @returns their ids
 */
export async function heldBack(
  db: LedgerDatabase,
  { confirm }: Rules,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const states = clientFileStates.filter(
    (state) => isDecided(state) && isReleased(confirm, { state, confirmed: false }),
  );
  if (states.length === 0) return [];
  const rows = await db
    .selectFrom("client_files")
    .select("id")
    .where("merged_into", "is", null)
    .where("flags", "@>", sql<string[]>`'{unconfirmed}'`) // which has an index, and most files have not
    .where("state", "in", states)
    .$if(after !== null, (query) => query.where("id", ">", after))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Folds it anew, and tells what came of it. Null: it was merged into another, which was folded with it. */
export async function releaseFile(
  db: LedgerDatabase,
  rules: Rules,
  clientFileId: string,
  now: Date,
): Promise<{ changed: boolean; state: State; wakeUps: WakeUp[] } | null> {
  const result = await inTransaction(db, (trx, foreseen) => foldAnew(trx, rules, clientFileId, { now, foreseen }));
  return result && { changed: result.change.changed, state: result.change.state.after, wakeUps: result.wakeUps };
}
