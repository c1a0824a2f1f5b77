import type { FileChange } from "../apply/refold-file.ts";
import type { DriftSighting } from "../drift/sight-drift.ts";
import { type Reading, type ReplayPage, readAnew } from "../replay-selection.ts";
import type { Rules } from "../rules.ts";
import type { LedgerDatabase } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import type { ReadDelivery } from "./gather-stories.ts";
import { rolledBack } from "./roll-back.ts";
import { tryDelivery } from "./try-delivery.ts";

export type Told = Pick<ReplayPage, "failing"> & {
  applied: ReadDelivery[];
  changes: FileChange[];
  wakeUps: WakeUp[];
  drift: DriftSighting[];
};

/** Applies the deliveries one after the other in one transaction, tells what came of each, and rolls back. */
export async function tellStory(
  db: LedgerDatabase,
  reading: Reading & { rules: Rules },
  story: readonly ReadDelivery[],
  now: Date,
): Promise<Told> {
  return rolledBack(db, async (trx, foreseen) => {
    const told: Told = { applied: [], changes: [], wakeUps: [], drift: [], failing: [] };
    for (const delivery of story) {
      const found = await readAnew(trx, delivery.id, reading);
      if (typeof found === "string" || "failing" in found) continue; // it was erased since it was read first
      const outcome = await tryDelivery(trx, found.delivery, { rules: reading.rules, now, foreseen });
      if (outcome.kind === "failing") told.failing.push({ deliveryId: delivery.id, code: outcome.code });
      if (outcome.kind !== "applied") continue;
      told.applied.push(delivery);
      told.changes.push(...outcome.changes);
      told.wakeUps.push(...outcome.wakeUps);
      told.drift.push(...outcome.drift);
    }
    return told;
  });
}
