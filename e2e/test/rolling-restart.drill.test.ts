import type { SpawnedApp } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsIn } from "./applied-once.ts";
import { type Pipeline, startPipeline, sweeperDefaults, type Worker } from "./start-pipeline.ts";
import { steadyLoad } from "./steady-load.ts";
import { endlessStories } from "./story-of.ts";

/** How often each app is restarted. Ten are for a run by hand: `E2E_ROUNDS=10 npm run test:drills -- rolling`. */
const ROUNDS = Number(process.env.E2E_ROUNDS ?? 1);
const ROUND_LIMIT_MS = 120_000;
/** Of a round's deliveries two cores that start processes all the while apply only a part. */
const CATCHES_UP_WITHIN_MS = 60_000 * ROUNDS;
const PER_SECOND = 100;
/** The default of STOP_GRACE. */
const GRACE_MS = 10_000;

const workers = ["status-worker", "retry-worker", "notification-worker", "reconciliation-worker"] as const;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline(sweeperDefaults);
});
afterAll(async () => pipeline[Symbol.asyncDispose]());

test("every app stopped in turn under load, with two ingress processes on one port, loses no request and stalls no job", {
  timeout: ROUNDS * ROUND_LIMIT_MS + CATCHES_UP_WITHIN_MS,
}, async () => {
  const { ops, ingress } = pipeline;
  const everRun: SpawnedApp[] = [];
  const exits: { code: number | null; withinGrace: boolean }[] = [];
  const stop = async (app: SpawnedApp): Promise<void> => {
    everRun.push(app);
    const startedAt = performance.now();
    const exit = await app.kill("SIGTERM");
    exits.push({ code: exit?.code ?? null, withinGrace: performance.now() - startedAt < GRACE_MS });
  };
  const ingresses = [ingress, await pipeline.startIngress()];
  let currentOps: SpawnedApp = ops;
  await using load = steadyLoad(pipeline.webhookUrl, { perSecond: PER_SECOND, next: endlessStories("rolling") });

  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const index of ingresses.keys()) {
      await stop(ingresses[index] as SpawnedApp);
      ingresses[index] = await pipeline.startIngress();
    }
    for (const name of workers satisfies readonly Worker[]) {
      await stop(pipeline.worker(name));
      await pipeline.start(name);
    }
    await stop(currentOps);
    currentOps = await pipeline.startOps();
  }
  const outcomes = await load.stop();

  expect(exits).toEqual(Array(ROUNDS * 7).fill({ code: 0, withinGrace: true }));
  expect(outcomes.filter(({ result }) => result !== 200)).toEqual([]);
  await expect.poll(pipeline.unsettled, { timeout: CATCHES_UP_WITHIN_MS, interval: 1_000 }).toBe(0);
  everRun.push(...workers.map(pipeline.worker), ...ingresses, currentOps);
  for (const event of ["job-stalled", "job-left-to-stall", "stop-forced", "job-failed"]) {
    expect(everRun.flatMap(({ logs }) => eventsIn(logs, event))).toEqual([]);
  }
  process.stderr.write(`rolling restart: ${exits.length} stops, ${outcomes.length} deliveries, none refused\n`);
});
