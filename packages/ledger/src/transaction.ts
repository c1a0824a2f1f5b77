import { setTimeout as pause } from "node:timers/promises";
import { ReceiverError } from "@receiver/runtime";
import type { Kysely, Transaction } from "kysely";
import { fromDatabase, gaveWay } from "./database-errors.ts";
import type { LedgerTables } from "./tables.ts";

/** A transaction is one, too. */
export type LedgerDatabase = Kysely<LedgerTables>;
export type LedgerTransaction = Transaction<LedgerTables>;

/** Names what is locked; anything that two transactions spell alike. */
export type LockKey = string;

/** A transaction found that it needs more locks than it foresaw, and one of them is taken. */
export class LockSetGrew extends Error {
  readonly keys: readonly LockKey[];
  constructor(keys: readonly LockKey[]) {
    super("more locks are needed than were foreseen");
    this.keys = keys;
  }
}

/** Past this many in a row something else is wrong. */
const TRIES = 12;
const PAUSE_MS = 2;

/**
 * Runs `work` in one READ COMMITTED transaction: each statement must see what others committed while we waited for a lock.
 * A deadlock, a serialization failure or a grown lock set is run again.
 *
 * @param work is given the locks that the tries before found missing, to take first.
 * @throws ReceiverError DATABASE_UNAVAILABLE, DATABASE_CONTENTION, or INTERNAL for whatever else `work` threw.
 */
export async function inTransaction<T>(
  db: LedgerDatabase,
  work: (trx: LedgerTransaction, foreseen: readonly LockKey[]) => Promise<T>,
): Promise<T> {
  let foreseen: readonly LockKey[] = [];
  return query(async () => {
    try {
      return await db
        .transaction()
        .setIsolationLevel("read committed")
        .execute((trx) => work(trx, foreseen));
    } catch (thrown) {
      if (thrown instanceof LockSetGrew) foreseen = [...new Set([...foreseen, ...thrown.keys])];
      throw thrown;
    }
  });
}

class RollBack extends Error {}

/** Like {@link inTransaction}; what came of it is told, and committed only where `keeps` says so. */
export async function inTransactionThat<T>(
  db: LedgerDatabase,
  work: (trx: LedgerTransaction, foreseen: readonly LockKey[]) => Promise<T>,
  keeps: (result: T) => boolean,
): Promise<T> {
  const undone: T[] = [];
  try {
    return await inTransaction(db, async (trx, foreseen) => {
      const result = await work(trx, foreseen);
      if (keeps(result)) return result;
      undone.push(result);
      throw new RollBack("on purpose");
    });
  } catch (thrown) {
    const [told] = undone;
    if (told === undefined) throw thrown;
    return told;
  }
}

/**
 * Runs `work` again while Postgres ends it in favour of somebody else, and maps what it throws.
 *
 * @param work one transaction, or one statement that writes: what Postgres rolled back has left nothing behind.
 * @throws ReceiverError like {@link inTransaction}
 */
export async function query<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof LockSetGrew) && !gaveWay(thrown)) throw fromDatabase(thrown);
      if (attempt >= TRIES) throw new ReceiverError("DATABASE_CONTENTION", { cause: thrown });
      await pause(Math.random() * PAUSE_MS * 2 ** Math.min(attempt, 8));
    }
  }
}
