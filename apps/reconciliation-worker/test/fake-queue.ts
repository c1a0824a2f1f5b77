import type { WakeUp } from "@receiver/ledger";
import { type JobState, jobIdOf, type Producer, type WakeUp as QueueWakeUp } from "@receiver/queues";

export type FakeJob = { wakeUp: WakeUp; state: Extract<JobState, "waiting" | "delayed" | "completed" | "failed"> };

const noJobs = { waiting: 0, active: 0, delayed: 0, failed: 0, completed: 0, oldestWaitingSeconds: 0 };

/**
 * A queue that a test owns, true to BullMQ in what the sweeper builds on: an id that it keeps, finished ones included, can't be added
 * again, and it may lose everything or go back to what it was. A job that is being run stays `waiting` until it is said to have ended,
 * so whoever runs it may die, and it runs again.
 */
export function fakeQueue() {
  let jobs = new Map<string, FakeJob>();
  let past = new Map<string, FakeJob>();
  const copy = () => new Map([...jobs].map(([id, job]) => [id, { ...job }]));
  const idOf = ({ queue, id, epoch }: WakeUp) => jobIdOf(queue, { id, epoch });

  const wake = async (given: QueueWakeUp) => {
    const wakeUp = given as WakeUp;
    if (jobs.has(idOf(wakeUp))) return;
    const isDue = wakeUp.dueAt === null || wakeUp.dueAt.getTime() <= Date.now();
    jobs.set(idOf(wakeUp), { wakeUp, state: isDue ? "waiting" : "delayed" });
  };
  const producer: Partial<Producer> = {
    wake,
    stateOf: async (queue, key) => jobs.get(jobIdOf(queue, key))?.state ?? "absent",
    isPaused: async () => false,
    counts: async () => noJobs, // there is always room
  };

  return {
    /** What a sweep asks of a producer. */
    producer: producer as Producer,
    wake,
    /** Jobs that a worker may take. */
    waiting: () => [...jobs.values()].filter(({ state }) => state === "waiting"),
    /** What became of a job; nothing if it was forgotten meanwhile. */
    end(wakeUp: WakeUp, state: "completed" | "failed") {
      const job = jobs.get(idOf(wakeUp));
      if (job) job.state = state;
    },
    empty: () => jobs.clear(),
    /** The moment that `fallBack` goes back to: where a replica stopped, or what was last written to disk. */
    mark: () => {
      past = copy();
    },
    fallBack: () => {
      jobs = past;
      past = copy();
    },
  };
}
export type FakeQueue = ReturnType<typeof fakeQueue>;
