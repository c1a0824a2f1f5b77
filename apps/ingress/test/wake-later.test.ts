import type { WakeUp } from "@receiver/queues";
import { createLogger, createMetrics, ReceiverError } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { createWakeLater } from "../src/wake-later.ts";
import { captureLog } from "./ingress-under-test.ts";

const wakeUp = (id: string): WakeUp => ({ queue: "ANALYSIS_RESULT", id, epoch: 0, data: {}, dueAt: null });

function later(wake: (wakeUp: WakeUp) => Promise<void>) {
  const log = captureLog();
  const metrics = createMetrics({ app: "ingress" });
  const logger = createLogger({ app: "ingress", level: "debug", destination: log.destination });
  const outcomes = async () =>
    Object.fromEntries(
      (await metrics.registry.getSingleMetric("receiver_wake_ups_total")?.get())?.values.map(({ labels, value }) => [
        labels.outcome,
        value,
      ]) ?? [],
    );
  return { log, outcomes, ...createWakeLater({ wake }, logger, metrics) };
}

describe("waking a worker", () => {
  it("comes after the answer that is being given, because the answer must not wait for Redis", async () => {
    const order: string[] = [];
    const { wake, close } = later(async () => void order.push("published"));
    wake(wakeUp("a"));
    await Promise.resolve();
    order.push("answered");
    await close();
    expect(order).toEqual(["answered", "published"]);
  });

  it("never throws: a failure is counted and logged with its code, and the sweeper finds the row", async () => {
    const { wake, close, outcomes, log } = later(async () => {
      throw new ReceiverError("REDIS_UNAVAILABLE");
    });
    for (const id of ["a", "b", "c"]) wake(wakeUp(id));
    await close();
    expect(await outcomes()).toEqual({ "left-to-sweeper": 3 });
    expect(log.events("wake-up-not-published")).toMatchObject([
      { count: 1, err: { code: "REDIS_UNAVAILABLE" } },
      { count: 2, err: { code: "REDIS_UNAVAILABLE" } },
    ]);
  });

  it("has at most 2,000 in flight and leaves the others to the sweeper, because a Redis that hangs must not cost the memory", async () => {
    const gate = Promise.withResolvers<void>();
    let inFlight = 0;
    const { wake, close, outcomes } = later(async () => {
      inFlight += 1;
      await gate.promise;
    });
    for (let i = 0; i < 2_500; i += 1) wake(wakeUp(`d${i}`));
    await expect.poll(() => inFlight).toBe(2_000);
    expect(await outcomes()).toEqual({ "left-to-sweeper": 500 });
    gate.resolve();
    await close();
    expect(await outcomes()).toEqual({ "left-to-sweeper": 500, published: 2_000 });
  });
});
