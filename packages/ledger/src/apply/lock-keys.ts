import { createHash } from "node:crypto";
import type { Node } from "@receiver/client-file";
import type { ClientFileEvent } from "@receiver/events";
import { sql } from "kysely";
import { type LedgerTransaction, type LockKey, LockSetGrew } from "../transaction.ts";

export const nodeKey = (companyId: string, node: Node): LockKey => JSON.stringify([companyId, node.space, node.id]);

export const externalIdKey = (companyId: string, externalId: string): LockKey =>
  JSON.stringify([companyId, "externalId", externalId]);

export const deliveryKey = (deliveryId: string): LockKey => JSON.stringify(["delivery", deliveryId]);

/** Every key that the event bears: without them an upload and a retry that arrive together each find no row. */
export function keysOf(
  event: Pick<ClientFileEvent, "companyId" | "fileUuid" | "fileNumber" | "externalId">,
): LockKey[] {
  const keys = nodesOf(event).map((node) => nodeKey(event.companyId, node));
  if (event.externalId !== null) keys.push(externalIdKey(event.companyId, event.externalId));
  return keys;
}

export function nodesOf(event: Pick<ClientFileEvent, "fileUuid" | "fileNumber">): Node[] {
  const nodes: Node[] = [];
  if (event.fileUuid !== null) nodes.push({ space: "uuid", id: event.fileUuid });
  if (event.fileNumber !== null) nodes.push({ space: "number", id: event.fileNumber });
  return nodes;
}

/**
 * Takes the transaction's advisory lock on each key, in one order for everybody. Two keys that share a 64-bit number only
 * wait for each other.
 */
export async function takeLocks(trx: LedgerTransaction, keys: readonly LockKey[]): Promise<void> {
  const numbers = lockNumbers(keys);
  if (numbers.length === 0) return;
  // unnest keeps the array's order, so the locks are taken in it.
  await sql`select pg_advisory_xact_lock(key) from unnest(${numbers}::bigint[]) as key`.execute(trx);
}

/**
 * Takes locks that turned out to be needed after others were taken, hence out of order: without waiting, since two that
 * wait for each other would cost Postgres' deadlock time-out of a second.
 *
 * @throws LockSetGrew when somebody holds one of them: begin again, and take all of `wanted` first.
 */
export async function takeLateLocks(
  trx: LedgerTransaction,
  missing: readonly LockKey[],
  wanted: readonly LockKey[],
): Promise<void> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(key) as taken from unnest(${lockNumbers(missing)}::bigint[]) as key`.execute(trx);
  if (rows.some((row) => !row.taken)) throw new LockSetGrew(wanted);
}

/** Sorted, each once, as the text that Postgres reads as bigint. */
function lockNumbers(keys: readonly LockKey[]): string[] {
  return [...new Set(keys.map(lockNumber))].sort((a, b) => (a < b ? -1 : 1)).map(String);
}

function lockNumber(key: LockKey): bigint {
  return createHash("sha256").update(key).digest().readBigInt64BE();
}
