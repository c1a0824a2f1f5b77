import type { Node } from "@receiver/client-file";
import type { ClientFileEvent } from "@receiver/events";
import type { Rules } from "../rules.ts";
import type { LedgerTransaction, LockKey } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import type { Occasion } from "./announce-change.ts";
import { assignFiles } from "./assign-files.ts";
import { insertEvent } from "./events.ts";
import type { FileRow } from "./file-rows.ts";
import { lockNeighbourhood } from "./gather-evidence.ts";
import { keysOf, nodesOf, takeLocks } from "./lock-keys.ts";
import { type FileChange, type Folded, refoldFile } from "./refold-file.ts";
import { outdatedSuccessors } from "./superseding.ts";

export type AppliedEvent = { changes: FileChange[]; wakeUps: WakeUp[] };
/** `foreseen`: the locks that an earlier try found missing. */
export type ApplyContext = { now: Date; rules: Rules; foreseen: readonly LockKey[] };

/**
 * Puts one event into the ledger and everything that follows from it: links, states, transitions, outbox, timers.
 * Must run inside the transaction that also marks the event's delivery as applied.
 */
export async function applyEvent(
  trx: LedgerTransaction,
  event: ClientFileEvent,
  deliveryId: string | null,
  { foreseen, ...context }: ApplyContext,
): Promise<AppliedEvent> {
  // Locked before it is inserted: whoever shares a key must see it, or be seen.
  const locks = [...keysOf(event), ...foreseen];
  await takeLocks(trx, locks);
  const isNew = await insertEvent(trx, event, deliveryId);
  const neighbourhood = await lockNeighbourhood(trx, event, locks);
  const files = await assignFiles(trx, event.companyId, subjectOf(event), neighbourhood, context.now);
  const occasion = { ...context, cause: event.eventId };
  // We ask by the clock: an answer is word of the file where it says something else than before.
  const heard = isNew && event.source !== "GET";
  const folded = await refoldAll(trx, files, { ...occasion, heard });
  const successors = await refoldAll(trx, await outdatedSuccessors(trx, folded), occasion);
  const all = [...folded, ...successors];
  return { changes: all.map(({ change }) => change), wakeUps: all.flatMap(({ wakeUps }) => wakeUps) };
}

/** One after the other: they share the transaction's connection. */
async function refoldAll(trx: LedgerTransaction, files: readonly FileRow[], occasion: Occasion) {
  const folded: (Folded & { file: FileRow })[] = [];
  for (const file of files) folded.push({ file, ...(await refoldFile(trx, file, occasion)) });
  return folded;
}

/** An event belongs to the file of its number where it bears one, and to the file of its uuid otherwise. */
function subjectOf(event: ClientFileEvent): Node {
  return nodesOf(event).at(-1) as Node;
}
