import { writeAudit } from "../audit.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import { type Destroyed, destroyContent } from "./destroy-content.ts";
import { type Hold, holdsOn, lockRelationship, othersKept } from "./relationship.ts";

export type FileErasure =
  | ({ kind: "erased"; clientFileId: string; othersKept: string[] } & Destroyed)
  /** Nothing of it was left. */
  | { kind: "already-erased"; clientFileId: string; othersKept: string[] }
  | { kind: "held"; clientFileId: string; holds: Hold[] }
  | { kind: "not-found" };

const OTHERS_TOLD = 100;

/** Who changes what is kept of a file, and why. */
export type Operator = { actor: string; reason: string; now: Date };

/**
 * Erases what Danaya said of a person, and keeps that it was said: events, state, transitions and expiry days stay, and so
 * does what is told of the file later. Safe to repeat.
 */
export async function eraseFile(
  db: LedgerDatabase,
  id: string,
  { actor, reason, now }: Operator,
): Promise<FileErasure> {
  return inTransaction(db, async (trx, foreseen) => {
    const file = await lockRelationship(trx, id, foreseen);
    if (!file) return { kind: "not-found" };
    const clientFileId = file.id;
    const holds = await holdsOn(trx, file);
    if (holds.length > 0) return { kind: "held", clientFileId, holds };
    const destroyed = await destroyContent(trx, file, { actor, now });
    // A person who tried again has other files, and each is erased by itself.
    const others = await othersKept(trx, file, OTHERS_TOLD);
    if (destroyed.keys + destroyed.bodies === 0) return { kind: "already-erased", clientFileId, othersKept: others };
    await writeAudit(trx, { actor, action: "client-file.erase", target: clientFileId, reason });
    return { kind: "erased", clientFileId, ...destroyed, othersKept: others };
  });
}
