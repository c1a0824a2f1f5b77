import { inTransactionThat, type LedgerDatabase, type LedgerTransaction, type LockKey } from "../transaction.ts";

/**
 * Does `work` in a transaction that is rolled back: what it returns tells what would have happened. What it locked stays locked until
 * it has ended.
 */
export const rolledBack = <T>(
  db: LedgerDatabase,
  work: (trx: LedgerTransaction, foreseen: readonly LockKey[]) => Promise<T>,
): Promise<T> => inTransactionThat(db, work, () => false);
