import type { SweepCursor, SweptKind, WakeUp } from "@receiver/ledger";
import type { JobState } from "@receiver/queues";
import { toReceiverError } from "@receiver/runtime";
import type { SweepTools } from "./sweep-tools.ts";

/**
 * Rows of one kind that one sweep looks at, hence the most that it publishes. About a second's work for Redis: it refills
 * an emptied one faster than the workers empty it, and ends well before the next sweep. The next one goes on behind.
 */
const ROWS_PER_SWEEP = 5_000;
/** Asked about at once. At 2 s for an answer they are no strain on a Redis that works. */
const PAGE_SIZE = 200;

/** `rejected`: the queue refuses this row's job, which is a defect; the other rows go on. */
type Action = "published" | "raised" | "left" | "rejected";

const actionOn: Record<JobState, "publish" | "raise" | "leave"> = {
  absent: "publish", // never published, or Redis was emptied
  completed: "raise", // ended without settling the row; its id is spent
  failed: "raise",
  waiting: "leave",
  active: "leave",
  delayed: "leave",
};

/** A sweep over the rows of one kind, each a page further than the last, and from the start again after the end. */
export function createRowSweep(
  { ledger, producer, logger, metrics, stopping }: SweepTools,
  afterMs: number,
): (kind: SweptKind) => Promise<void> {
  const cursors = new Map<SweptKind, SweepCursor>();
  const count = metrics.counter({
    name: "receiver_swept_rows_total",
    help: "Rows that waited too long for their job, by what the sweeper did",
    labels: ["kind", "outcome"],
  });

  const heal = async (kind: SweptKind, wakeUp: WakeUp): Promise<Action> => {
    const { queue, id, epoch } = wakeUp;
    const action = actionOn[await producer.stateOf(queue, { id, epoch })];
    if (action === "leave") return "left";
    const due = action === "raise" ? await ledger.sweep.raiseEpoch(kind, wakeUp) : wakeUp;
    if (due === null) return "left"; // settled, or raised by another process, since the page was read
    await producer.wake(due);
    return action === "raise" ? "raised" : "published";
  };

  const sweepRow = async (kind: SweptKind, wakeUp: WakeUp): Promise<Action> => {
    try {
      return await heal(kind, wakeUp);
    } catch (thrown) {
      const error = toReceiverError(thrown);
      if (error.infrastructure) throw error;
      logger.error({ event: "row-not-published", kind, queue: wakeUp.queue, err: error });
      return "rejected";
    }
  };

  return async (kind) => {
    const before = new Date(Date.now() - afterMs);
    let published = 0;
    for (let seen = 0; seen < ROWS_PER_SWEEP && !stopping.aborted; seen += PAGE_SIZE) {
      const after = cursors.get(kind) ?? null;
      const { wakeUps, next } = await ledger.sweep.overdue(kind, { before, after, limit: PAGE_SIZE });
      const actions = await Promise.all(wakeUps.map((wakeUp) => sweepRow(kind, wakeUp)));
      for (const outcome of actions) count({ kind, outcome });
      published += actions.filter((action) => action === "published" || action === "raised").length;
      cursors.set(kind, next);
      if (next === null) break;
    }
    if (published > 0) logger.info({ event: "rows-published-again", kind, count: published });
  };
}
