import type { AttemptRecord, LoadedNotification } from "@receiver/ledger";
import type { WorkerJob } from "@receiver/queues";
import { createLogger, ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import type { Answer } from "../src/deliver/answer.ts";
import type { NotificationTools } from "../src/notification-tools.ts";
import { notification } from "../src/processors/notification.ts";

const job: WorkerJob<"NOTIFICATION"> = {
  id: "msg_1",
  epoch: 0,
  data: { notificationId: "msg_1", type: "client_file.approved", subscriberId: "s" },
  attempt: 1,
  attempts: 24,
  logger: createLogger({ app: "test", level: "silent" }),
};
const refused: Answer = { kind: "answered", httpStatus: 503, retryAfterMs: 5_000 };

const pending = (attempts: number): LoadedNotification => ({
  kind: "send",
  notification: {
    id: "msg_1",
    type: "client_file.approved",
    body: "{}",
    attempts,
    subscriber: { id: "s", url: "", secret: "" },
  },
});

/** The ledger holds `loaded`; the subscriber gives `answer`. */
function tools(loaded: LoadedNotification, answer: Answer = refused) {
  const recorded: AttemptRecord[] = [];
  const givenUp: string[] = [];
  let posts = 0;
  const fakes: NotificationTools = {
    ledger: {
      loadNotification: async () => loaded,
      recordNotificationAttempt: async (_id, attempt) => void recorded.push(attempt),
      giveUpNotification: async ({ id, epoch }) => void givenUp.push(`${id} ${epoch}`),
    },
    post: async () => {
      posts += 1;
      return { startedAt: new Date(), latencyMs: 12, answer };
    },
    observe: () => {},
  };
  return { fakes, recorded, givenUp, posts: () => posts };
}

describe("an attempt to tell a subscriber", () => {
  test("is recorded with the very delay that the queue gets, so that row and job agree on the next one", async () => {
    const { fakes, recorded } = tools(pending(0));
    const before = Date.now();
    const error: unknown = await notification.process(job, fakes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReceiverError);
    expect(error).toMatchObject({ code: "SUBSCRIBER_REFUSED", retryInMs: 5_000 });
    expect(recorded).toMatchObject([{ outcome: "retry", httpStatus: 503, code: "SUBSCRIBER_REFUSED", latencyMs: 12 }]);
    const [attempt] = recorded;
    const nextAt = attempt?.outcome === "retry" ? attempt.nextAttemptAt.getTime() : 0;
    expect(nextAt).toBeGreaterThanOrEqual(before + 5_000);
    expect(nextAt).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  test("is the last one when the row has had all the others, whatever the job's own count says", async () => {
    const { fakes, recorded } = tools(pending(23));
    await expect(notification.process(job, fakes)).rejects.toMatchObject({
      code: "SUBSCRIBER_REFUSED",
      retryInMs: null,
    });
    expect(recorded).toMatchObject([{ outcome: "failed", code: "SUBSCRIBER_REFUSED" }]);
  });

  test("is not made when the row is settled, because another job has seen to it", async () => {
    const { fakes, recorded, posts } = tools({ kind: "settled" });
    await notification.process(job, fakes);
    expect([posts(), recorded]).toEqual([0, []]);
  });

  test("is not made when its subscriber is not told this any more: the row is given up, or it would be swept for ever", async () => {
    const { fakes, recorded, givenUp, posts } = tools({ kind: "unwanted" });
    await notification.process(job, fakes);
    expect([posts(), recorded, givenUp]).toEqual([0, [], ["msg_1 0"]]);
  });

  test("fails at once when there is no such row", async () => {
    const { fakes, posts } = tools({ kind: "not-found" });
    await expect(notification.process(job, fakes)).rejects.toMatchObject({
      code: "NOTIFICATION_NOT_FOUND",
      retryable: false,
    });
    expect(posts()).toBe(0);
  });

  test("that can't be recorded is an outage, not a failure: the job is kept and the subscriber is told again, under the same id", async () => {
    const { fakes } = tools(pending(0), { kind: "answered", httpStatus: 200, retryAfterMs: null });
    fakes.ledger.recordNotificationAttempt = () => Promise.reject(new ReceiverError("DATABASE_UNAVAILABLE"));
    await expect(notification.process(job, fakes)).rejects.toMatchObject({ infrastructure: true });
  });
});

describe("a job that the queue gives up", () => {
  test("leaves a row alone that has attempts left: the sweeper makes its next job", async () => {
    const { fakes, recorded } = tools(pending(5));
    await notification.failedForGood(job, new ReceiverError("SUBSCRIBER_REFUSED", { retryInMs: 9 }), fakes);
    expect(recorded).toEqual([]);
  });

  test("leaves a row alone that its last attempt has settled", async () => {
    const { fakes, recorded } = tools({ kind: "settled" });
    await notification.failedForGood(job, new ReceiverError("SUBSCRIBER_GONE"), fakes);
    expect(recorded).toEqual([]);
  });

  test("fails the row on a defect of ours, or the sweeper would send it round for ever", async () => {
    const { fakes, recorded } = tools(pending(0));
    await notification.failedForGood(job, new ReceiverError("INTERNAL"), fakes);
    expect(recorded).toMatchObject([{ outcome: "failed", code: "INTERNAL", httpStatus: null }]);
  });
});
