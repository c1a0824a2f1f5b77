import type { WakeUp } from "@receiver/ledger";
import { createMetrics, ReceiverError } from "@receiver/runtime";
import { expect, test } from "vitest";
import { createTell } from "../src/tell.ts";
import { capturedLog } from "./captured-log.ts";

const wakeUps = ["a", "b", "c"].map(
  (id): WakeUp => ({ queue: "NOTIFICATION", id, epoch: 0, data: { notificationId: id }, dueAt: null }),
);

test("what can't be published is logged, counted, and left to the sweeper: the transaction is committed, and nothing may fail it now", async () => {
  const woken: string[] = [];
  const wake = async ({ id }: { id: string }) => {
    if (id === "b") throw new ReceiverError("REDIS_UNAVAILABLE");
    woken.push(id);
  };
  const metrics = createMetrics({ app: "test" });
  const { lines, logger } = capturedLog();
  await createTell({ wake }, metrics)(wakeUps, logger);
  expect(woken).toEqual(["a", "c"]);
  expect(lines).toMatchObject([
    { event: "wake-up-not-published", queue: "NOTIFICATION", err: { code: "REDIS_UNAVAILABLE" } },
  ]);
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/receiver_wake_ups_total\{queue="NOTIFICATION",outcome="published",app="test"\} 2/);
  expect(text).toMatch(/receiver_wake_ups_total\{queue="NOTIFICATION",outcome="left-to-sweeper",app="test"\} 1/);
});
