import type { SweepCursor, SweptKind, WakeUp } from "@receiver/ledger";
import { type JobState, type QueueName, queues } from "@receiver/queues";
import { toReceiverError } from "@receiver/runtime";
import { rememberFor } from "./remember-for.ts";
import type { SweepTools } from "./sweep-tools.ts";

/**
 * Rows of one queue that one sweep looks at. About a second's work for Redis: it refills an emptied one faster than the
 * workers empty it, and ends well before the next sweep. The next one goes on behind.
 */
const ROWS_PER_SWEEP = 5_000;
/** Asked about at once. At 2 s for an answer they are no strain on a Redis that works. */
const PAGE_SIZE = 200;
/**
 * Jobs that wait in a queue before a sweep adds no more: two sweeps' work, so that the workers never run dry, and about 9 MB
 * of Redis. The other rows are as safe in Postgres, and a million of them there cost Redis nothing.
 */
const ENOUGH_WAITING = 10_000;

/**
 * `rejected`: the queue refuses this row's job, which is a defect; the other rows go on. `queue-full`: a later sweep's.
 */
type Action = "published" | "raised" | "left" | "rejected" | "queue-full";

const actionOn: Record<JobState, "publish" | "raise" | "leave"> = {
  absent: "publish", // never published, or Redis was emptied
  completed: "raise", // ended without settling the row; its id is spent
  failed: "raise",
  waiting: "leave",
  active: "leave",
  delayed: "leave",
};

const kindOf = { d: "deliveries", n: "notifications", f: "follow-ups" } as const satisfies Record<string, SweptKind>;

/** Jobs that the queue takes before it has enough. */
type Room = { jobs: number };
const NO_ROOM: Room = { jobs: 0 };

/**
 * A sweep over the rows of one queue, each a page further than the last, and from the start again after the end. Each queue
 * has a place of its own: one that has enough stays where it is, and holds up no other. A row whose queue this version doesn't
 * know is no sweep's of this version.
 */
export function createRowSweep(tools: SweepTools, afterMs: number): (queue: QueueName) => Promise<void> {
  const { ledger, producer, logger, metrics, stopping } = tools;
  const cursors = new Map<QueueName, SweepCursor>();
  const sweepRow = createRowStep(tools, afterMs);
  const count = metrics.counter({
    name: "receiver_swept_rows_total",
    help: "Rows that waited too long for their job, by what the sweeper did",
    labels: ["kind", "outcome"],
  });
  const roomIn = async (queue: QueueName): Promise<Room> => ({
    jobs: ENOUGH_WAITING - (await producer.counts(queue)).waiting,
  });

  /** @returns how many were published, and whether there is more to do now. */
  const sweepPage = async (queue: QueueName, before: Date): Promise<{ published: number; goOn: boolean }> => {
    const kind = kindOf[queues[queue].idPrefix];
    const page = { before, after: cursors.get(queue) ?? null, limit: PAGE_SIZE, messageType: queue };
    const { wakeUps, next } = await ledger.sweep.overdue(kind, page);
    const room = wakeUps.length > 0 ? await roomIn(queue) : NO_ROOM; // of nothing Redis isn't asked
    const actions = await Promise.all(wakeUps.map((wakeUp) => sweepRow(kind, wakeUp, room)));
    for (const outcome of actions) count({ kind, outcome });
    const isFull = actions.includes("queue-full");
    if (!isFull) cursors.set(queue, next);
    const published = actions.filter((action) => action === "published" || action === "raised").length;
    return { published, goOn: !isFull && next !== null };
  };

  return async (queue) => {
    const before = new Date(Date.now() - afterMs);
    let published = 0;
    for (let seen = 0; seen < ROWS_PER_SWEEP && !stopping.aborted; seen += PAGE_SIZE) {
      const swept = await sweepPage(queue, before);
      published += swept.published;
      if (!swept.goOn) break;
    }
    const kind = kindOf[queues[queue].idPrefix];
    if (published > 0) logger.info({ event: "rows-published-again", kind, queue, count: published });
  };
}

/** @param againMs a row whose job was there is not asked about again before that: of a long backlog each sweep would ask all anew. */
function createRowStep({ ledger, producer, logger }: SweepTools, againMs: number) {
  const seen = rememberFor(againMs);
  const heal = async (kind: SweptKind, wakeUp: WakeUp, room: Room): Promise<Action> => {
    const { queue, id, epoch } = wakeUp;
    const key = `${queue} ${id} ${epoch}`;
    if (seen.has(key)) return "left";
    if (room.jobs <= 0) return "queue-full";
    const action = actionOn[await producer.stateOf(queue, { id, epoch })];
    if (action === "leave") {
      seen.note(key);
      return "left";
    }
    if (room.jobs <= 0) return "queue-full"; // others of the page were quicker
    room.jobs -= 1;
    const due = action === "raise" ? await ledger.sweep.raiseEpoch(kind, wakeUp) : wakeUp;
    if (due === null) return "left"; // settled, or raised by another process, since the page was read
    await producer.wake(due);
    seen.note(key);
    return action === "raise" ? "raised" : "published";
  };

  return async (kind: SweptKind, wakeUp: WakeUp, room: Room): Promise<Action> => {
    try {
      return await heal(kind, wakeUp, room);
    } catch (thrown) {
      const error = toReceiverError(thrown);
      if (error.infrastructure) throw error;
      logger.error({ event: "row-not-published", kind, queue: wakeUp.queue, err: error });
      return "rejected";
    }
  };
}
