import { queueNames } from "@receiver/queues";
import { bytesOf, danaya, describeWithRedis, inventFile, startRedis } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openTestOps, problem, type TestOps } from "./open-test-ops.ts";

/** Holds with either backend. */
function queueBehaviours(open: () => Promise<TestOps>): void {
  test("tells what waits in every queue of the registry", async () => {
    await using t = await open();
    const id = await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("queued"))));
    await t.operator("POST", `/api/deliveries/${id}/replay`);
    const { status, json } = await t.viewer("GET", "/api/queues");
    expect(status).toBe(200);
    expect(json.items.map(({ name }: { name: string }) => name)).toEqual(queueNames);
    const analysis = json.items.find(({ name }: { name: string }) => name === "ANALYSIS_RESULT");
    expect(analysis).toEqual({
      name: "ANALYSIS_RESULT",
      waiting: 1,
      active: 0,
      delayed: 0,
      failed: 0,
      completed: 0,
      paused: false,
      oldestWaitingSeconds: expect.any(Number),
    });
  });

  test("pauses and resumes for every worker, with a row and an audit", async () => {
    await using t = await open();
    const paused = await t.operator("POST", "/api/queues/NOTIFICATION/pause", { reason: "their outage" });
    expect(paused).toMatchObject({ status: 200, json: { name: "NOTIFICATION", paused: true, effective: true } });
    expect(await t.producer.isPaused("NOTIFICATION")).toBe(true);
    expect(await t.ledger.pauses.list()).toEqual(["NOTIFICATION"]);

    const resumed = await t.operator("POST", "/api/queues/NOTIFICATION/resume");
    expect(resumed.json).toEqual({ name: "NOTIFICATION", paused: false, effective: true });
    expect(await t.producer.isPaused("NOTIFICATION")).toBe(false);
    const { items } = (await t.operator("GET", "/api/audit")).json;
    expect(items).toMatchObject([
      { action: "queue.resume", target: "NOTIFICATION", reason: null },
      { action: "queue.pause", target: "NOTIFICATION", reason: "their outage" },
    ]);
  });

  test("knows no other queues", async () => {
    await using t = await open();
    expect((await t.operator("POST", "/api/queues/hunter2/pause")).json).toEqual(problem(404, "NOT_FOUND"));
  });

  test("shows every queue on the dashboard, and lets nothing be done there", async () => {
    await using t = await open();
    const id = await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("shown"))));
    await t.operator("POST", `/api/deliveries/${id}/replay`);
    const url = "/queues/api/queues?activeQueue=ANALYSIS_RESULT&status=waiting&page=1&jobsPerPage=10";
    const { json } = await t.viewer("GET", url);
    const board: {
      name: string;
      readOnlyMode: boolean;
      allowRetries: boolean;
      jobs: { id: string; data: object }[];
    }[] = json.queues;
    expect(board.map(({ name }) => name)).toEqual(queueNames);
    expect(board.every(({ readOnlyMode, allowRetries }) => readOnlyMode && !allowRetries)).toBe(true);
    expect(board.flatMap(({ jobs }) => jobs)).toMatchObject([
      { id: `d-${id}-1`, data: { deliveryId: id, messageType: "ANALYSIS_RESULT", companyId: "123" } },
    ]);

    expect((await t.operator("PUT", "/queues/api/queues/ANALYSIS_RESULT/pause")).json).toEqual(
      problem(405, "READ_ONLY"),
    );
    expect((await t.operator("PUT", "/queues/api/queues/pause")).json).toEqual(problem(405, "READ_ONLY"));
    expect(await t.producer.isPaused("ANALYSIS_RESULT")).toBe(false);
    expect((await t.nobody("GET", url)).status).toBe(401);
  });

  test("withholds what a foreign job holds, because it may be personal", async () => {
    await using t = await open();
    const queue = t.producer.bullQueues().find(({ name }) => name === "ANALYSIS_RESULT");
    await t.producer.check();
    await queue?.add("ANALYSIS_RESULT", { applicant: "hunter2" }, { jobId: "x-1" });
    const url = "/queues/api/queues?activeQueue=ANALYSIS_RESULT&status=waiting&page=1&jobsPerPage=10";
    const { text } = await t.viewer("GET", url);
    expect(text).toContain("x-1");
    expect(text).not.toContain("hunter2");
  });
}

describe("queues in Postgres", () => {
  queueBehaviours(() => openTestOps());
});

describeWithRedis("queues in Redis", () => {
  queueBehaviours(async () => {
    const redis = await startRedis();
    const t = await openTestOps({ redisUrl: redis.url });
    const close = t[Symbol.asyncDispose];
    return { ...t, [Symbol.asyncDispose]: async () => close().then(() => redis.stop()) };
  });

  test("a pause outlives FLUSHALL as a row, because Redis may be emptied at any moment", async () => {
    const redis = await startRedis();
    await using t = await openTestOps({ redisUrl: redis.url });
    await t.operator("POST", "/api/queues/ANALYSIS_RESULT/pause");
    await redis.flush();
    expect(await t.producer.isPaused("ANALYSIS_RESULT")).toBe(false);
    const { items } = (await t.viewer("GET", "/api/queues")).json;
    expect(items.filter(({ paused }: { paused: boolean }) => paused)).toMatchObject([{ name: "ANALYSIS_RESULT" }]);
    await redis.stop();
  });

  test("with Redis away a pause is recorded, a registration and a replay are done, and only the counts are refused", async () => {
    const redis = await startRedis();
    await using t = await openTestOps({ redisUrl: redis.url });
    const id = await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("alone"))));
    await redis.kill();

    const paused = await t.operator("POST", "/api/queues/ANALYSIS_RESULT/pause");
    expect(paused).toMatchObject({ status: 202, json: { paused: true, effective: false } });
    expect(await t.ledger.pauses.list()).toEqual(["ANALYSIS_RESULT"]);
    expect((await t.operator("POST", `/api/deliveries/${id}/replay`)).status).toBe(202);
    expect((await t.viewer("GET", `/api/deliveries/${id}`)).json).toMatchObject({ status: "pending", epoch: 1 });
    expect(await t.metrics.registry.metrics()).toContain('receiver_wake_ups_missed_total{app="ops"} 1');

    const counts = await t.viewer("GET", "/api/queues");
    expect(counts.json).toMatchObject(problem(503, "REDIS_UNAVAILABLE"));
    expect(counts.headers["retry-after"]).toBe("5");
    expect((await t.viewer("GET", "/queues/api/queues")).json).toMatchObject({ code: "REDIS_UNAVAILABLE" });
    await redis.stop();
  });
});
