import { inTransaction, type LedgerDatabase, type LedgerTransaction, type LockKey } from "../transaction.ts";

/**
 * Does `work` in a transaction that is rolled back: what it returns tells what would have happened. What it locked stays locked until
 * it has ended.
 */
export async function rolledBack<T>(
  db: LedgerDatabase,
  work: (trx: LedgerTransaction, foreseen: readonly LockKey[]) => Promise<T>,
): Promise<T> {
  let foretold: { result: T } | undefined;
  try {
    await inTransaction(db, async (trx, foreseen) => {
      foretold = undefined; // it may be run again
      foretold = { result: await work(trx, foreseen) };
      throw new RollBack();
    });
  } catch (thrown) {
    if (!foretold) throw thrown;
    return foretold.result;
  }
  throw new Error("a dry run was committed");
}

class RollBack extends Error {}
