import { setTimeout as pause } from "node:timers/promises";
import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listed, type Pipeline, startPipeline } from "./start-pipeline.ts";

type Queue = { name: string; failed: number };
type Delivery = { id: string; attempts: number };
type File = { id: string; state: string; version: number };

/** How long Postgres stays away. Enough for several attempts, if they were counted; the longer run is by hand. */
const OUTAGE_MS = Number(process.env.E2E_OUTAGE_MS ?? 8_000);

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(async () => pipeline[Symbol.asyncDispose]());

const storyOf = (seed: number) => {
  const file = inventFile(seed);
  return [
    danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file),
    danaya.ANALYSIS_RESULT(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file),
  ].map(bytesOf);
};
const stories = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => storyOf(from + index)).flat();

const postAll = async (bodies: Uint8Array[]): Promise<void> => {
  const responses = await Promise.all(bodies.map((body) => pipeline.post(body)));
  expect(responses.map((response) => response.status)).toEqual(bodies.map(() => 200));
};
const allApplied = () => expect.poll(pipeline.unsettled, { timeout: 60_000, interval: 250 }).toBe(0);

/** Nothing failed, and each approved file took as many versions as its story has changes, no more. */
const expectOnce = async (): Promise<void> => {
  const { items: queues } = await pipeline.api<{ items: Queue[] }>("/api/queues");
  const { items } = await pipeline.api<Listed<File>>("/api/client-files?state=APPROVED&limit=200");
  for (const file of items) {
    const { history } = await pipeline.api<{ history: { cause: string; from: string; to: string }[] }>(
      `/api/client-files/${file.id}`,
    );
    const steps = history.map(({ cause, from, to }) => `${cause} ${from} ${to}`);
    expect(new Set(steps).size).toBe(steps.length);
  }
  expect(queues.filter(({ failed }) => failed > 0)).toEqual([]);
};

test("Redis emptied while deliveries wait loses nothing, because the rows are swept", async () => {
  await pipeline.worker("status-worker").kill("SIGSTOP");
  await pipeline.worker("retry-worker").kill("SIGSTOP");
  await postAll(stories(100, 10));
  await pipeline.redis.flush();
  await pipeline.worker("status-worker").kill("SIGCONT");
  await pipeline.worker("retry-worker").kill("SIGCONT");
  await allApplied();
  await expectOnce();
});

test("a worker killed in mid-job applies its deliveries once, because the row decides", async () => {
  const posting = postAll(stories(200, 25));
  for (const name of ["status-worker", "retry-worker", "notification-worker", "reconciliation-worker"] as const) {
    await pipeline.worker(name).kill("SIGKILL");
    await pipeline.start(name);
  }
  await posting;
  await allApplied();
  await expectOnce();
});

test("Postgres away while jobs run fails none and costs none an attempt, because that isn't their fault", async () => {
  await pipeline.worker("status-worker").kill("SIGSTOP");
  await postAll(stories(300, 10));
  await pipeline.worker("status-worker").kill("SIGCONT");
  await pipeline.postgres.cut();
  await pause(OUTAGE_MS); // the outage itself
  await pipeline.postgres.restore();
  await allApplied();
  await expectOnce();
  const { items } = await pipeline.api<Listed<Delivery>>("/api/deliveries?limit=200");
  expect(items.filter(({ attempts }) => attempts > 0)).toEqual([]);
});
