import type { OpenedDelivery } from "./apply/apply-delivery.ts";
import type { ApplyContext } from "./apply/apply-event.ts";
import type { FileChange } from "./apply/refold-file.ts";
import { rolledBack } from "./foretell/roll-back.ts";
import { tryDelivery } from "./foretell/try-delivery.ts";
import { encodeCursor } from "./queries/cursor.ts";
import { type Reading, type ReplayPage, type ReplaySelection, readAnew, selectPage } from "./replay-selection.ts";
import type { Rules } from "./rules.ts";
import type { LedgerDatabase, LedgerTransaction } from "./transaction.ts";

export type DryRun = ReplayPage & {
  /** Deliveries that would be applied once more. */
  deliveryIds: string[];
  /** The files that would change, in the order of the deliveries: a file may be there more than once. */
  changes: FileChange[];
};

/**
 * How long a dry run goes on to take files. It keeps what it took locked until it has ended, and a worker that needs one of
 * them waits: well below the 15 s after which Postgres would end that worker's statement.
 */
const HOLD_MS = 3_000;

/**
 * Applies all of it, tells which files changed and how, and rolls back. Until then it holds up deliveries of these files,
 * so it ends early rather than late: `nextCursor` says so.
 */
export async function dryRunReplay(
  db: LedgerDatabase,
  reading: Reading & { rules: Rules },
  selection: ReplaySelection,
  now: Date,
  holdMs: number = HOLD_MS,
): Promise<DryRun> {
  const page = await selectPage(db, selection);
  return rolledBack(db, (trx, foreseen) =>
    foretell(trx, page, { ...reading, now, foreseen, until: performance.now() + holdMs }),
  );
}

type Context = ApplyContext & Reading & { until: number };
type SelectedPage = Awaited<ReturnType<typeof selectPage>>;

async function foretell(trx: LedgerTransaction, page: SelectedPage, context: Context): Promise<DryRun> {
  const { nextCursor } = page;
  const foretold: DryRun = { deliveryIds: [], failing: [], stillQuarantined: [], changes: [], nextCursor };
  for (const [index, { id }] of page.items.entries()) {
    const before = page.items[index - 1];
    if (before && performance.now() > context.until) return { ...foretold, nextCursor: encodeCursor(before) };
    const found = await readAnew(trx, id, context);
    if (found === "not-found") continue;
    if (found === "refused") foretold.stillQuarantined.push(id);
    else if ("failing" in found) foretold.failing.push({ deliveryId: id, code: found.failing });
    else await applyInto(foretold, trx, found.delivery, context);
  }
  return foretold;
}

async function applyInto(
  foretold: DryRun,
  trx: LedgerTransaction,
  delivery: OpenedDelivery,
  context: ApplyContext,
): Promise<void> {
  const outcome = await tryDelivery(trx, delivery, context);
  if (outcome.kind === "failing") return void foretold.failing.push({ deliveryId: delivery.id, code: outcome.code });
  foretold.deliveryIds.push(delivery.id);
  if (outcome.kind === "applied") foretold.changes.push(...outcome.changes.filter(({ changed }) => changed));
}
