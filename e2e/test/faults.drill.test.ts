import { setTimeout as pause } from "node:timers/promises";
import { bytesOf, danaya, inventFile, type ReceivingServer, receivingServer, type SpawnedApp } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsIn, expectAppliedOnce, untilSettled, type Witnesses } from "./applied-once.ts";
import { type HeldOutbox, holdOutbox } from "./hold-outbox.ts";
import { type Pipeline, startPipeline, type Worker } from "./start-pipeline.ts";
import { storiesOf, storyOf } from "./story-of.ts";

/** How long Postgres stays away. Two minutes are for a run by hand: `E2E_OUTAGE_MS=120000 npm run test:e2e`. */
const OUTAGE_MS = Number(process.env.E2E_OUTAGE_MS ?? 8_000);
/** For what was postponed to come back. */
const HEALING_MS = 120_000;

const deliveryWorkers = ["status-worker", "retry-worker"] as const;
const statusQueues = ["DOCUMENT_TO_ANALYSE_RECEIVED", "ANALYSIS_RESULT", "CLIENT_FILE_STATUS_CHANGED"];
const retryQueues = ["RETRY_DOCUMENT_VERIFICATION"];
const allQueues = [...statusQueues, ...retryQueues];

let pipeline: Pipeline;
let subscriber: ReceivingServer;
let client: Client;
/** Every worker that ever ran. */
const workers: SpawnedApp[] = [];
let posted = 0;

beforeAll(async () => {
  [pipeline, subscriber] = await Promise.all([startPipeline(), receivingServer()]);
  for (const name of [...deliveryWorkers, "notification-worker"] as const) workers.push(pipeline.worker(name));
  client = new Client(pipeline.databaseUrl);
  await client.connect();
  await pipeline.write("POST", "/api/subscribers", { name: "core", kind: "http", url: subscriber.url, types: ["*"] });
});
afterAll(async () => {
  await client.end();
  await subscriber.close();
  await pipeline[Symbol.asyncDispose]();
});

const rows: Witnesses["rows"] = async <Row>(text: string) => (await client.query(text)).rows as Row[];
const expectOnce = () => expectAppliedOnce({ pipeline, rows, requests: subscriber.requests, workers }, posted);

/** One delivery of each type, each of a file of its own: none waits for another's transaction. */
const apart = (seed: string) =>
  [0, 1, 2, 3].flatMap((index) => storyOf(`${seed}, apart ${index}`).slice(index, index + 1));

const postAll = async (bodies: Uint8Array[]): Promise<void> => {
  const responses = await Promise.all(bodies.map((body) => pipeline.post(body)));
  expect(responses.map((response) => response.status)).toEqual(bodies.map(() => 200));
  posted += bodies.length;
};

type Counts = { name: string; waiting: number; active: number };
const countsOf = async (count: "waiting" | "active", names: string[]): Promise<number[]> => {
  const { items } = await pipeline.api<{ items: Counts[] }>("/api/queues");
  return names.map((name) => items.find((queue) => queue.name === name)?.[count] ?? Number.NaN);
};
const untilActive = (names: string[]) =>
  expect.poll(async () => Math.min(...(await countsOf("active", names))), { timeout: 20_000 }).toBeGreaterThan(0);

/** Posts one delivery of each type and resolves when all four are in the middle of their jobs. */
const postInto = async (outbox: HeldOutbox, seed: string): Promise<void> => {
  await postAll(apart(seed));
  await outbox.untilWaitedFor("status-worker", statusQueues.length);
  await outbox.untilWaitedFor("retry-worker", retryQueues.length);
  await expect.poll(() => countsOf("active", allQueues), { timeout: 20_000 }).toEqual([1, 1, 1, 1]);
};

const signalAll = (names: readonly Worker[], signal: NodeJS.Signals) =>
  Promise.all(names.map((name) => pipeline.worker(name).kill(signal)));
const startAll = async (names: readonly Worker[]): Promise<void> => {
  await Promise.all(names.map((name) => pipeline.start(name)));
  workers.push(...names.map((name) => pipeline.worker(name)));
};

const metricsOf = async (name: Worker): Promise<string> =>
  (await fetch(`${pipeline.worker(name).metricsUrl}/metrics`)).text();
const heldQueues = async (name: Worker): Promise<string[]> =>
  [...(await metricsOf(name)).matchAll(/^receiver_worker_held\{.*queue="(\w+)".*\} 1$/gm)].map(
    ([, queue]) => `${queue}`,
  );
const ALREADY_APPLIED = /^receiver_deliveries_processed_total\{.*outcome="already-applied".*\} (\d+)$/gm;
const recognised = async (name: Worker): Promise<number> =>
  [...(await metricsOf(name)).matchAll(ALREADY_APPLIED)].reduce((sum, [, count]) => sum + Number(count), 0);

test("Redis emptied while deliveries wait loses nothing, because a sweeper that starts afterwards reads the rows", async () => {
  await signalAll(deliveryWorkers, "SIGSTOP");
  await pipeline.worker("reconciliation-worker").kill("SIGKILL"); // it would fill the queues again at once
  await postAll(storiesOf("emptied", 10));
  await expect.poll(() => countsOf("waiting", allQueues), { timeout: 20_000 }).toEqual([10, 10, 10, 10]);
  await pipeline.redis.flush();
  expect(await countsOf("waiting", allQueues)).toEqual([0, 0, 0, 0]);
  await signalAll(deliveryWorkers, "SIGCONT");
  await startAll(["reconciliation-worker"]);
  await expectOnce();
});

test("workers killed before their jobs commit leave nothing behind, so that the next ones apply the deliveries", async () => {
  await using outbox = await holdOutbox(pipeline.databaseUrl);
  const before = posted;
  await postInto(outbox, "before the commit");
  await postAll(storiesOf("before the commit", 2));
  await signalAll(deliveryWorkers, "SIGKILL");
  await outbox.release();
  await untilActive(allQueues); // whoever held the jobs is dead
  expect(await rows("select count(*)::int as count from events")).toEqual([{ count: before }]);
  await startAll(deliveryWorkers);
  await expectOnce();
});

test("workers killed between the commit and the queue's knowing of it apply once, because the row decides", async () => {
  await using outbox = await holdOutbox(pipeline.databaseUrl);
  await postInto(outbox, "after the commit");
  await pipeline.redis.kill(); // no job can be told to be done
  await outbox.release();
  const pending = "select id from deliveries where status <> 'applied'";
  await expect.poll(() => rows(pending), { timeout: 20_000 }).toEqual([]);
  await signalAll(deliveryWorkers, "SIGKILL");
  await pipeline.redis.start();
  await startAll(deliveryWorkers);
  const again = async () => (await Promise.all(deliveryWorkers.map(recognised))).reduce((sum, count) => sum + count);
  await expect.poll(again, { timeout: 60_000, interval: 250 }).toBe(allQueues.length);
  await expectOnce();
});

test("a notification worker killed while the subscriber thinks sends the same again, because the id is the row's", async () => {
  const earlier = subscriber.requests.length;
  subscriber.answerNext("hang");
  await postAll([bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile("a subscriber that hangs")))]);
  await expect.poll(() => subscriber.requests.length, { timeout: 20_000 }).toBe(earlier + 1);
  await untilActive(["NOTIFICATION"]);
  await pipeline.worker("notification-worker").kill("SIGKILL");
  await untilActive(["NOTIFICATION"]);
  await startAll(["notification-worker"]);
  await untilSettled({ rows });
  const sent = subscriber.requests.slice(earlier);
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map(({ headers, body }) => `${headers["webhook-id"]} ${body}`)).size).toBe(1);
  const id = sent[0]?.headers["webhook-id"];
  expect(await rows(`select outcome from notification_attempts where notification_id = '${id}'`)).toEqual([
    { outcome: "delivered" }, // of the attempt that was cut short nobody could tell
  ]);
  await expectOnce();
});

test("Postgres away in the middle of jobs fails none and costs none an attempt, because that isn't their fault", {
  timeout: OUTAGE_MS + HEALING_MS,
}, async () => {
  await using outbox = await holdOutbox(pipeline.databaseUrl);
  await postInto(outbox, "outage");
  await postAll(storiesOf("outage", 20)); // more than run at once: some wait
  await pipeline.postgres.cut();
  await outbox.release();
  await pause(OUTAGE_MS); // the outage itself
  expect((await heldQueues("status-worker")).sort()).toEqual([...statusQueues].sort());
  expect(await heldQueues("retry-worker")).toEqual(retryQueues);
  await pipeline.postgres.restore();
  await expectOnce();
  for (const name of deliveryWorkers) expect(eventsIn(pipeline.worker(name).logs, "worker-held")).not.toEqual([]);
  expect(await rows("select id, attempts from deliveries where attempts > 0")).toEqual([]);
  expect(workers.flatMap(({ logs }) => eventsIn(logs, "job-attempt-failed"))).toEqual([]);
});
