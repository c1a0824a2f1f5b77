import { danaya, describeWithRedis, forgetRows, inventFile, runCommand, startProxy } from "@receiver/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { holdDelivery } from "../../../packages/worker/test/hold-delivery.ts";
import { openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

const QUEUE = "CLIENT_FILE_STATUS_CHANGED";
/** More than two pages. */
const MANY = 1_200;
const PAGE = 500;

const startReplay = (env: NodeJS.ProcessEnv, ...args: string[]) => runCommand("replay", args, env);

describeWithRedis("replay, as a process", () => {
  let pipeline: TestPipeline;
  let env: { DATABASE_URL: string; REDIS_URL: string };
  beforeAll(async () => {
    pipeline = await openTestPipeline();
    env = { DATABASE_URL: pipeline.databaseUrl, REDIS_URL: pipeline.redisUrl };
  });
  afterEach(async () => {
    await pipeline.reset();
    await pipeline.rows(forgetRows("audit_log"));
  });
  afterAll(() => pipeline.close());

  const replay = (...args: string[]) => startReplay(env, ...args).ended;
  const storeFailed = async (name: string, code = "INTERNAL") => {
    const stored = await pipeline.store(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(name)));
    const failure = { code, frames: ["a.ts:1:1"], epoch: 0, now: new Date() };
    await pipeline.ledger.recordDeliveryFailure(stored.id, failure);
    return stored;
  };
  const storeManyFailed = async () => {
    const bodies = Array.from({ length: MANY }, (_, n) => danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`many ${n}`)));
    await Promise.all(bodies.map(pipeline.store));
    await pipeline.rows("update deliveries set status = 'failed', error_code = 'INTERNAL'");
  };
  const rowOf = (id: string) => pipeline.ledger.deliveries.get(id);
  const countsByStatus = () =>
    pipeline.rows("select status, epoch, count(*)::int as count from deliveries group by 1, 2 order by 1");
  const waiting = async () => (await pipeline.producer.counts(QUEUE)).waiting;
  const audit = () => pipeline.rows("select actor, action, target, reason from audit_log order by id");
  /** A way to Redis on which nothing passes: whoever publishes is stuck there for two seconds. */
  const hangingRedis = async () => {
    const proxy = await startProxy(pipeline.redisUrl);
    proxy.hang();
    return proxy;
  };

  test("shows first what would change, then sends those that match, and a second time finds none", async () => {
    const failed = await storeFailed("one");
    const other = await storeFailed("another code", "DATABASE_CONTENTION");
    const filter = ["--status", "failed", "--error-code", "INTERNAL"];

    const dry = await replay(...filter, "--dry-run");
    expect(dry).toMatchObject({ code: 0, err: "" });
    expect(dry.out).toMatch(/\n {2}a new file +APPROVED +\S/);
    expect(dry.out).toMatch(
      /\n1 of 1 that match would be applied once more; 1 files would change\nnothing was changed\n$/,
    );
    expect(await rowOf(failed.id)).toMatchObject({ status: "failed", epoch: 0 });
    expect(await audit()).toEqual([]);

    const done = await replay(...filter, "--reason", "mended", "--as", "awa");
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/\nsent 1 of 1 that matched\n$/) });
    expect(await rowOf(failed.id)).toMatchObject({ status: "pending", epoch: 1, attempts: 0 });
    expect(await rowOf(other.id)).toMatchObject({ status: "failed", errorCode: "DATABASE_CONTENTION" });
    expect(await pipeline.producer.stateOf(QUEUE, { id: failed.id, epoch: 1 })).toBe("waiting");

    expect((await replay(...filter, "--reason", "again", "--as", "awa")).out).toMatch(/\nsent 0 of 0 that matched\n$/);
    expect(await rowOf(failed.id)).toMatchObject({ epoch: 1 });
    const action = { actor: "cli:awa", action: "delivery.replay" };
    expect(await audit()).toEqual([
      { ...action, target: "1 deliveries status=failed errorCode=INTERNAL", reason: "mended" },
      { ...action, target: "0 deliveries status=failed errorCode=INTERNAL", reason: "again" },
    ]);
  });

  test("sends one by its id, and tells it as JSON to whoever reads that", async () => {
    const { id } = await storeFailed("by id");
    const dry = await replay(id, "--dry-run", "--json");
    expect(JSON.parse(dry.out)).toMatchObject({
      dryRun: true,
      matching: 1,
      deliveryIds: [id],
      files: [{ state: { before: null, after: "APPROVED" } }],
      cutOff: false,
    });
    const { code, out } = await replay(id, "--reason", "asked", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      dryRun: false,
      matching: 1,
      sent: 1,
      stillQuarantined: [],
      failing: [],
      leftToSweeper: 0,
      code: null,
      interrupted: false,
    });
  });

  test("goes on page by page until none is left, each page a transaction with its own line in the audit", async () => {
    await storeManyFailed();
    const { code, out, err } = await replay("--status", "failed", "--reason", "mended");
    expect({ code, err }).toEqual({ code: 0, err: "  500 of 1200\n  1000 of 1200\n  1200 of 1200\n" });
    expect(out).toMatch(/\nsent 1200 of 1200 that matched\n$/);
    expect(await countsByStatus()).toEqual([{ status: "pending", epoch: 1, count: MANY }]);
    expect(await waiting()).toBe(MANY);
    expect((await audit()).map(({ target }: { target?: string }) => target)).toEqual(
      [500, 500, 200].map((count) => `${count} deliveries status=failed`),
    );
  });

  test("killed between the commit and the queue leaves pending rows: a second run sends the rest, the sweeper heals these", {
    timeout: 120_000,
  }, async () => {
    await storeManyFailed();
    const proxy = await hangingRedis();
    const { child, ended } = startReplay({ ...env, REDIS_URL: proxy.url }, "--status", "failed", "--reason", "mended");
    const half = [
      { status: "failed", epoch: 0, count: MANY - PAGE },
      { status: "pending", epoch: 1, count: PAGE },
    ];
    await expect.poll(countsByStatus, { timeout: 30_000 }).toEqual(half);
    child.kill("SIGKILL");
    expect(await ended).toMatchObject({ code: null });
    expect(await waiting()).toBe(0);

    expect((await replay("--status", "failed", "--reason", "mended")).out).toContain("sent 700 of 700");
    expect(await waiting()).toBe(MANY - PAGE);
    await pipeline.start("reconciliation-worker", { SWEEP_INTERVAL_MS: "50", SWEEP_AFTER_MS: "0" });
    await expect.poll(waiting, { timeout: 30_000 }).toBe(MANY);
    expect(await countsByStatus()).toEqual([{ status: "pending", epoch: 1, count: MANY }]);
    await proxy.close();
  });

  test("killed before the commit has done nothing, and says nothing of it in the audit", async () => {
    const { id } = await storeFailed("held");
    const held = await holdDelivery(pipeline.databaseUrl, id);
    const { child, ended } = startReplay(env, id, "--reason", "mended");
    await held.untilWaitedFor("replay");
    child.kill("SIGKILL");
    await ended;
    await held.release();
    const gone = "select from pg_stat_activity where application_name = 'replay' and datname = current_database()";
    await expect.poll(() => pipeline.rows(gone), { timeout: 20_000 }).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: "failed", epoch: 0 });
    expect(await audit()).toEqual([]);
  });

  test("interrupted finishes the page at hand and says how to go on", { timeout: 120_000 }, async () => {
    await storeManyFailed();
    const proxy = await hangingRedis();
    const { child, ended } = startReplay({ ...env, REDIS_URL: proxy.url }, "--status", "failed", "--reason", "mended");
    await vi.waitFor(async () => expect(await countsByStatus()).toHaveLength(2), { timeout: 30_000 });
    child.kill("SIGINT");
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).toMatch(/sent 500 of 1200 that matched\n500 .*REDIS_UNAVAILABLE.*\ninterrupted: run it again/);
    await proxy.close();
  });

  test("works while Redis is down, because the rows are what counts", async () => {
    const { id } = await storeFailed("no redis");
    const { code, out } = await startReplay({ ...env, REDIS_URL: "redis://127.0.0.1:1" }, id, "--reason", "r").ended;
    expect(code).toBe(0);
    expect(out).toMatch(/sent 1 of 1 that matched\n1 of them could not be published \(REDIS_UNAVAILABLE\).*sweeper/);
    expect(await rowOf(id)).toMatchObject({ status: "pending", epoch: 1 });
  });

  test("lets in nobody whom the ingress keeps out, and ends with 1 because not all were sent", async () => {
    const { id } = await storeFailed("foreign");
    const args = ["--status", "failed", "--reason", "r"];
    const { code, out } = await startReplay({ ...env, ALLOWED_COMPANY_IDS: "7" }, ...args).ended;
    expect(code).toBe(1);
    expect(out).toContain(
      `sent 0 of 1 that matched\n1 stay quarantined: today's contract, or the list of companies, refuses them:\n  ${id}`,
    );
    expect(await rowOf(id)).toMatchObject({ status: "failed" });
  });

  test.each([
    ["no delivery bears the id", {}, ["0".repeat(40), "--dry-run"], /^replay: no delivery bears the id 0{40}\n$/],
    ["nothing is known", { DATABASE_URL: "" }, ["--status", "failed", "--dry-run"], /^replay: no database.*npm start/],
    [
      "Postgres is away",
      { DATABASE_URL: "postgres://receiver:s3cret@127.0.0.1:1/receiver" },
      ["--status", "failed", "--dry-run"],
      /^replay: Postgres at 127\.0\.0\.1:1\/receiver \(DATABASE_URL\) does not answer; .*npm start/,
    ],
  ])("ends with 1 and one sentence when %s", async (_when, changed, args, sentence) => {
    const { code, err } = await startReplay({ ...env, ...changed }, ...args).ended;
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(err).not.toContain("s3cret");
  });
});
