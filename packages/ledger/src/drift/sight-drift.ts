import { defaultStatusMap, stateOfStatus } from "@receiver/client-file";
import { type DeliveryType, type Drift, findDrift } from "@receiver/contracts";
import { currentStatusMap } from "../status-map.ts";
import type { LedgerDatabase } from "../transaction.ts";

/** That one delivery bears what the contract doesn't know. */
export type DriftSighting = Drift & { messageType: DeliveryType; deliveryId: string; seenAt: Date };

/** Of the statuses those that this version maps to no state: {@link withoutMapped} leaves out those that an operator has mapped. */
export function sightDrift(
  { id: deliveryId, received_at: seenAt, body }: { id: string; received_at: Date; body: Buffer },
  messageType: DeliveryType,
): DriftSighting[] {
  return findDrift(body, messageType)
    .filter(({ kind, name }) => kind !== "status" || stateOfStatus(defaultStatusMap, name) === null)
    .map((drift) => ({ ...drift, messageType, deliveryId, seenAt }));
}

/**
 * Whether a status is known is for the status map in force to say. It is asked only about statuses that this version doesn't
 * map, so that nearly every delivery costs nothing; one whose row an operator took away is his doing, hence no news.
 */
export async function withoutMapped(db: LedgerDatabase, sighted: readonly DriftSighting[]): Promise<DriftSighting[]> {
  if (!sighted.some(({ kind }) => kind === "status")) return [...sighted];
  const { entries } = await currentStatusMap(db);
  return sighted.filter(({ kind, name }) => kind !== "status" || stateOfStatus(entries, name) === null);
}
