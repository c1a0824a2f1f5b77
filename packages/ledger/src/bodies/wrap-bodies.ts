import { type ErrorCode, ReceiverError, toReceiverError } from "@receiver/runtime";
import { type MasterKeys, readEnvelope } from "@receiver/sealing";
import { sql } from "kysely";
import { deliveryKey, nodeKey, nodesOf, takeLocks } from "../apply/lock-keys.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { blankBody, keepBody } from "./keep-body.ts";
import { expectKeys, openBody, readDelivery } from "./open-body.ts";

export type WrappedPage = {
  wrapped: number;
  failing: { deliveryId: string; code: ErrorCode }[];
  /** Of the last one looked at; null: there are no more. */
  next: string | null;
};

/** An envelope's head is never longer. */
const HEAD_MAX_BYTES = 300;

/**
 * Brings bodies that are under no data key yet under one: those of settled deliveries, and those sealed to an older intake key,
 * whose master key is to go. One that waits for its worker under the current key is that worker's to wrap.
 *
 * Each body is a transaction of its own: who dies in between has done the others, and who comes again finds them done.
 *
 * @throws ReceiverError MASTER_KEY_MISSING without any
 */
export async function wrapBodies(
  db: LedgerDatabase,
  keys: MasterKeys | null,
  { after, limit }: { after: string; limit: number },
  now: Date,
): Promise<WrappedPage> {
  const masterKeys = expectKeys(keys);
  const rows = await db
    .selectFrom("delivery_bodies as b")
    .innerJoin("deliveries as d", "d.id", "b.delivery_id")
    .select(["b.delivery_id as deliveryId", "d.status"])
    .select(sql<Buffer>`substring(b.body from 1 for ${sql.lit(HEAD_MAX_BYTES)})`.as("head"))
    .where("b.data_key_id", "is", null)
    .where("b.delivery_id", ">", after)
    .orderBy("b.delivery_id")
    .limit(limit)
    .execute();
  const due = rows.filter(({ status, head }) => status !== "pending" || isOutdated(head, masterKeys));
  const page: WrappedPage = {
    wrapped: 0,
    failing: [],
    next: rows.length < limit ? null : (rows.at(-1)?.deliveryId ?? null),
  };
  page.failing = await wrapEach(
    db,
    masterKeys,
    due.map(({ deliveryId }) => deliveryId),
    now,
  );
  page.wrapped = due.length - page.failing.length;
  return page;
}

/** Those that can be wrapped now. Never rejects: who published nothing yet must not be kept from it. */
export async function wrapUntilOutage(
  db: LedgerDatabase,
  masterKeys: MasterKeys,
  deliveryIds: readonly string[],
  now: Date,
): Promise<void> {
  await wrapEach(db, masterKeys, deliveryIds, now).catch(() => undefined);
}

/**
 * The same for deliveries that failed, the newest first: nobody may ever try them again, and erasing one is to reach its backups, too.
 * One that could not be opened then can't be now.
 */
export async function wrapFailed(db: LedgerDatabase, masterKeys: MasterKeys, limit: number, now: Date): Promise<void> {
  const unwrapped = db
    .selectFrom("deliveries as d")
    .innerJoin("delivery_bodies as b", "b.delivery_id", "d.id")
    .select("d.id")
    .where("d.status", "=", "failed")
    .where("b.data_key_id", "is", null)
    .where("d.error_code", "is distinct from", "BODY_UNREADABLE" satisfies ErrorCode)
    .orderBy("d.received_at", "desc")
    .limit(limit);
  const rows = await unwrapped.execute().catch(() => []);
  const ids = rows.map(({ id }) => id);
  await wrapUntilOutage(db, masterKeys, ids, now);
}

/** @returns those that can't be opened. @throws ReceiverError DATABASE_UNAVAILABLE */
async function wrapEach(
  db: LedgerDatabase,
  masterKeys: MasterKeys,
  deliveryIds: readonly string[],
  now: Date,
): Promise<WrappedPage["failing"]> {
  const failing: WrappedPage["failing"] = [];
  for (const deliveryId of deliveryIds) {
    const code = await failureOf(() => wrapBody(db, masterKeys, deliveryId, now));
    if (code !== null) failing.push({ deliveryId, code });
  }
  return failing;
}

function isOutdated(head: Buffer, { current }: MasterKeys): boolean {
  const envelope = readEnvelope(head);
  return envelope?.kind === "intake" && envelope.keyName !== current;
}

/** @throws ReceiverError what keeps it from being opened */
async function wrapBody(db: LedgerDatabase, masterKeys: MasterKeys, deliveryId: string, now: Date): Promise<void> {
  await inTransaction(db, async (trx) => {
    await takeLocks(trx, [deliveryKey(deliveryId)]);
    const delivery = await readDelivery(trx, deliveryId);
    if (!delivery) return; // removed meanwhile
    const { stored } = delivery;
    const { key, ids } = stored;
    if (key?.sealed === null) return blankBody(trx, stored, key); // a backup brought it back
    if (key !== null) return; // wrapped meanwhile
    if (ids)
      await takeLocks(
        trx,
        nodesOf(ids).map((node) => nodeKey(ids.companyId, node)),
      );
    await keepBody(trx, masterKeys, { stored, plain: await openBody(masterKeys, stored), ids }, now);
  });
}

/** One that can't be opened is told of and keeps nothing from the others; a database that is away ends it. */
async function failureOf(work: () => Promise<void>): Promise<ErrorCode | null> {
  try {
    await work();
    return null;
  } catch (thrown) {
    const error = toReceiverError(thrown);
    if (error.infrastructure && error.code !== "MASTER_KEY_MISSING")
      throw new ReceiverError(error.code, { cause: error });
    return error.code;
  }
}
