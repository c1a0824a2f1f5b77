import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Pipeline, startPipeline, sweeperDefaults } from "./start-pipeline.ts";
import { type Outcome, steadyLoad } from "./steady-load.ts";
import { endlessStories } from "./story-of.ts";

/** How long Redis or Postgres stays away. A minute is for a run by hand: `E2E_OUTAGE_MS=60000 npm run test:drills -- outages`. */
const OUTAGE_MS = Number(process.env.E2E_OUTAGE_MS ?? 5_000);
const PER_SECOND = Number(process.env.E2E_PER_SECOND ?? 100);
/** From the end of the outage until everything that was answered is applied. */
const HEALED_WITHIN_MS = 60_000;
const timeout = OUTAGE_MS + 3 * HEALED_WITHIN_MS + 60_000;

let pipeline: Pipeline;
let client: Client;
beforeAll(async () => {
  pipeline = await startPipeline(OUTAGE_MS < 30_000 ? {} : sweeperDefaults);
  client = new Client(pipeline.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await pipeline[Symbol.asyncDispose]();
});

/** What became of the deliveries that were posted from before the outage until after it. */
async function postThrough(outage: () => Promise<unknown>, name: string): Promise<readonly Outcome[]> {
  await using load = steadyLoad(pipeline.webhookUrl, { perSecond: PER_SECOND, next: endlessStories(name) });
  await expect.poll(() => load.outcomes.length, { timeout: 30_000 }).toBeGreaterThan(PER_SECOND);
  await outage();
  return await load.stop();
}
const answered = (outcomes: readonly Outcome[]) => outcomes.filter(({ result }) => result === 200);
const refused = (outcomes: readonly Outcome[]) => outcomes.filter(({ result }) => result !== 200);

/** How many of these deliveries are not applied yet, or not there at all. As long as any waits only that is asked: it costs least. */
async function missing(outcomes: readonly Outcome[]): Promise<number> {
  const pending = await client.query("select from deliveries where status = 'pending' limit 1");
  if (pending.rowCount !== 0) return Number.POSITIVE_INFINITY;
  const ids = new Set(outcomes.map(({ deliveryId }) => deliveryId));
  const applied = "select count(*)::int as count from deliveries where status = 'applied' and id = any($1)";
  const { rows } = await client.query(applied, [[...ids]]);
  return ids.size - rows[0].count;
}

async function expectHealed(name: string, outcomes: readonly Outcome[]): Promise<void> {
  const backAt = performance.now();
  await expect.poll(() => missing(answered(outcomes)), { timeout: 3 * HEALED_WITHIN_MS, interval: 500 }).toBe(0);
  const healedMs = Math.round(performance.now() - backAt);
  const slowest = Math.round(Math.max(...outcomes.map(({ elapsedMs }) => elapsedMs)));
  process.stderr.write(
    `${name}: away for ${OUTAGE_MS / 1_000} s under ${PER_SECOND}/s, ${answered(outcomes).length} of ${outcomes.length} answered 200, slowest answer ${slowest} ms, all applied ${healedMs / 1_000} s after its return\n`,
  );
  expect(healedMs).toBeLessThan(HEALED_WITHIN_MS);
}

test("with Redis away every delivery is answered 200, and all are applied within a minute of its return", {
  timeout,
}, async () => {
  const outcomes = await postThrough(async () => {
    await pipeline.redis.kill();
    await pause(OUTAGE_MS); // the outage itself
    await pipeline.redis.start();
  }, "without Redis");
  expect(refused(outcomes)).toEqual([]);
  await expectHealed("Redis", outcomes);
});

test("with Postgres away every delivery is answered 200 from the spool, and all are applied after its return", {
  timeout,
}, async () => {
  const outcomes = await postThrough(async () => {
    await pipeline.postgres.cut();
    await pause(OUTAGE_MS); // the outage itself
    await pipeline.postgres.restore();
  }, "without Postgres");
  expect(refused(outcomes)).toEqual([]);
  await expectHealed("Postgres", outcomes);
});

test("an ingress killed while Postgres is away loses none that it answered, because its spool outlives it", {
  timeout,
}, async () => {
  const outcomes = await postThrough(async () => {
    await pipeline.postgres.cut();
    await pause(OUTAGE_MS / 2); // half of the outage
    await pipeline.ingress.kill("SIGKILL");
    await pipeline.startIngress();
    await pause(OUTAGE_MS / 2); // the other half
    await pipeline.postgres.restore();
  }, "killed while it spools");
  expect(answered(outcomes).length).toBeGreaterThan(PER_SECOND);
  await expectHealed("Postgres, and the ingress killed", outcomes);
});
