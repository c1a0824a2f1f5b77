import type { WakeUp } from "@receiver/ledger";
import { createLogger, createMetrics, toReceiverError } from "@receiver/runtime";
import { idOf, incoming, type TestLedger } from "../../../packages/ledger/test/open-test-ledger.ts";
import { createSweeper } from "../src/sweep/create-sweeper.ts";
import { type FakeQueue, fakeQueue } from "./fake-queue.ts";
import type { KillPlace } from "./kill-in-transaction.ts";

/** More rounds of sweep and work than any row needs: what is not quiet by then never will be. */
const ROUNDS = 10;

type Kill = (place: KillPlace, work: () => Promise<void>) => Promise<void>;

/** The real ledger, the real sweep, and a queue that may do its worst. Everything happens at `now`. */
export type World = {
  queue: FakeQueue;
  receive(body: number, wakeUp: "published" | "lost"): Promise<void>;
  /** Nothing happens where no job waits. */
  run(nth: number): Promise<void>;
  runTwice(nth: number): Promise<void>;
  /** As several workers do: mostly jobs of the same few files. */
  runAll(): Promise<void>;
  /** The connection ends within the transaction; the job goes back. */
  runKilled(nth: number, place: KillPlace): Promise<void>;
  /** What was committed stays; what it asked for is not published, and the queue holds the job for not done. */
  runUntold(nth: number): Promise<void>;
  /** The queue ends a job by a limit of its own. */
  giveUp(nth: number): Promise<void>;
  sweep(): Promise<void>;
  /** Sweeps and works until nothing is left to do. */
  settle(): Promise<void>;
  /** Delivery ids as often as `applyDelivery` said that it applied them. */
  applied: string[];
  /** Transactions that were killed on their way. */
  killed: () => number;
};

export function openWorld(t: TestLedger, bodies: readonly Buffer[], kill: Kill, now: Date): World {
  const queue = fakeQueue();
  const applied: string[] = [];
  let killed = 0;
  const tools = {
    ledger: t.ledger,
    producer: queue.producer,
    logger: createLogger({ app: "test", level: "silent" }),
    metrics: createMetrics({ app: "test" }),
    stopping: new AbortController().signal,
  };
  const sweep = createSweeper(tools, { afterMs: 0, backlogWarnAfterMs: Number.MAX_SAFE_INTEGER });

  /** A worker's part: the transaction, and what it asks to be published. */
  const work = async ({ queue: name, id, epoch }: WakeUp): Promise<WakeUp[]> => {
    if (name === "NOTIFICATION") return notify(t, id, epoch, now);
    if (name === "RETRY_FOLLOW_UP") throw new Error("no timer is due so soon");
    const outcome = await t.ledger.applyDelivery(id, now);
    if (outcome.kind === "applied") applied.push(id);
    return outcome.kind === "applied" ? outcome.wakeUps : [];
  };
  const finish = async (wakeUp: WakeUp): Promise<void> => {
    for (const asked of await work(wakeUp)) await queue.wake(asked);
    queue.end(wakeUp, "completed");
  };
  const waiting = (nth: number, wanted = (_wakeUp: WakeUp) => true): WakeUp[] => {
    const jobs = queue.waiting().filter(({ wakeUp }) => wanted(wakeUp));
    const job = jobs[nth % jobs.length];
    return job ? [job.wakeUp] : [];
  };
  const appliesDelivery = ({ queue: name }: WakeUp) => name !== "NOTIFICATION";

  return {
    queue,
    applied,
    killed: () => killed,
    sweep,
    async receive(index, wakeUp) {
      const body = bodies[index] as Buffer;
      const { publish } = await t.receive(body, now);
      if (publish && wakeUp === "published") await queue.wake(wakeUpOf(body, publish.epoch));
    },
    run: async (nth) => void (await Promise.all(waiting(nth).map(finish))),
    runTwice: async (nth) => void (await Promise.all([nth, nth].flatMap((n) => waiting(n)).map(finish))),
    runAll: async () => void (await Promise.all(queue.waiting().map(({ wakeUp }) => finish(wakeUp)))),
    runKilled: async (nth, place) => {
      for (const wakeUp of waiting(nth, appliesDelivery)) {
        const died = await kill(place, () => finish(wakeUp)).then(() => false, isKilled);
        if (died) killed += 1;
      }
    },
    runUntold: async (nth) => void (await Promise.all(waiting(nth, appliesDelivery).map(work))),
    giveUp: async (nth) => {
      for (const wakeUp of waiting(nth)) queue.end(wakeUp, "failed");
    },
    async settle() {
      for (let round = 1; round <= ROUNDS; round += 1) {
        await sweep();
        if (queue.waiting().length === 0) return;
        await this.runAll();
      }
      throw new Error("the sweeper finds work without end");
    },
  };
}

/** As the ingress makes it. */
function wakeUpOf(body: Buffer, epoch: number): WakeUp {
  return { queue: incoming(body).type as WakeUp["queue"], id: idOf(body), epoch, data: {}, dueAt: null };
}

async function notify({ ledger }: TestLedger, id: string, epoch: number, startedAt: Date): Promise<WakeUp[]> {
  const { kind } = await ledger.loadNotification(id, epoch);
  if (kind !== "send") return [];
  const attempt = { startedAt, latencyMs: 1, httpStatus: 200, code: null, outcome: "delivered" } as const;
  await ledger.recordNotificationAttempt({ id, epoch }, attempt);
  return [];
}

/** Anything else is a defect. */
function isKilled(thrown: unknown): true {
  if (toReceiverError(thrown).code !== "DATABASE_UNAVAILABLE") throw thrown;
  return true;
}
