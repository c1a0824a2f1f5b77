import { classify } from "@receiver/contracts";
import { extractEvent } from "@receiver/events";
import type { OpenedDelivery } from "../apply/apply-delivery.ts";
import { keysOf } from "../apply/lock-keys.ts";
import { type Reading, type ReplayPage, readAnew } from "../replay-selection.ts";
import type { LedgerDatabase } from "../transaction.ts";
import { groupByKey } from "./group-by-key.ts";

export type ReadDelivery = { id: string; messageType: string };
/** Deliveries that may be of one file, in the order given. */
type Stories = Pick<ReplayPage, "failing"> & { stories: ReadDelivery[][]; refused: string[] };

/**
 * Deliveries of one story at most. A story is told in one transaction, each of its deliveries locks a few keys, and Postgres has room
 * for some thousands of locks in all: more of one externalId than this are told in parts.
 */
const MAX_PER_STORY = 500;

/**
 * Reads deliveries and puts together what may be of one file: those that share an id, and those that share an externalId, which may
 * tie an upload to a number. Keeps no body: all of them may not fit into memory.
 */
export async function gatherStories(
  db: LedgerDatabase,
  reading: Reading,
  deliveries: readonly { id: string }[],
): Promise<Stories> {
  const readable: (ReadDelivery & { keys: string[] })[] = [];
  const others: Omit<Stories, "stories"> = { failing: [], refused: [] };
  for (const { id } of deliveries) {
    const found = await readAnew(db, id, reading);
    if (found === "not-found") continue;
    if (found === "refused") others.refused.push(id);
    else if ("failing" in found) others.failing.push({ deliveryId: id, code: found.failing });
    else readable.push({ id, messageType: found.type, keys: keysIn(found.delivery) });
  }
  return { ...others, stories: groupByKey(readable).flatMap(inParts) };
}

function keysIn({ id: eventId, received_at, body }: OpenedDelivery): string[] {
  const read = classify(body);
  if (read.kind !== "message") return [];
  return keysOf(extractEvent(read.message, { eventId, payloadDigest: "", receivedAt: received_at.getTime() }));
}

function inParts<T>(story: T[]): T[][] {
  const parts = Math.ceil(story.length / MAX_PER_STORY);
  return Array.from({ length: parts }, (_, n) => story.slice(n * MAX_PER_STORY, (n + 1) * MAX_PER_STORY));
}
