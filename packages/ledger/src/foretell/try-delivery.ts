import type { ErrorCode } from "@receiver/runtime";
import { sql } from "kysely";
import { applyBody, type OpenedDelivery } from "../apply/apply-delivery.ts";
import type { ApplyContext } from "../apply/apply-event.ts";
import { fromDatabase, gaveWay } from "../database-errors.ts";
import { type LedgerTransaction, LockSetGrew } from "../transaction.ts";

export type Tried = Awaited<ReturnType<typeof applyBody>> | { kind: "failing"; code: ErrorCode };

/**
 * Applies a delivery in a transaction that is to be rolled back. What fails of it is undone by itself: others can still be foretold.
 * @throws what is not the delivery's fault
 */
export async function tryDelivery(
  trx: LedgerTransaction,
  delivery: OpenedDelivery,
  context: ApplyContext,
): Promise<Tried> {
  await sql`savepoint one_delivery`.execute(trx);
  try {
    const outcome = await applyBody(trx, delivery, context);
    await sql`release savepoint one_delivery`.execute(trx);
    return outcome;
  } catch (thrown) {
    const { code, infrastructure } = fromDatabase(thrown);
    if (thrown instanceof LockSetGrew || gaveWay(thrown) || infrastructure) throw thrown;
    await sql`rollback to savepoint one_delivery`.execute(trx);
    return { kind: "failing", code };
  }
}
