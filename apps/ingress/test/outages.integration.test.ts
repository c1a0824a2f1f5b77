import { deliveryIdOf } from "@receiver/ledger/inbox";
import { chooseBackend, createProducer, type Producer } from "@receiver/queues";
import { createLogger } from "@receiver/runtime";
import {
  bytesOf,
  danaya,
  describeWithRedis,
  inventFile,
  type SpawnedApp,
  spawnApp,
  startRedis,
  type TestRedis,
} from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningIngress, runIngress } from "./running-ingress.ts";

const approval = (seed: string) => bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(seed)));
const silent = createLogger({ app: "test", level: "silent" });
const statusOf = (url: string) => fetch(url).then(({ status }) => status);

describe("without Postgres", () => {
  let ingress: RunningIngress;
  beforeAll(async () => {
    ingress = await runIngress();
  });
  afterAll(() => ingress.stop());

  it("answers 503 with Retry-After, is not ready, and takes the same delivery once Postgres is back", async () => {
    const bytes = approval("cut");
    await ingress.postgres.cut();
    const refused = await fetch(`${ingress.url}/webhooks/danaya/${ingress.token}`, { method: "POST", body: bytes });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await refused.json()).toMatchObject({ status: 503, code: "NOT_STORED" });
    await expect.poll(() => statusOf(`${ingress.url}/readyz`)).toBe(503);
    expect(await statusOf(`${ingress.url}/healthz`)).toBe(200);

    await ingress.postgres.restore();
    await expect.poll(() => statusOf(`${ingress.url}/readyz`), { timeout: 5_000 }).toBe(200);
    expect(await ingress.post(bytes)).toMatchObject({ status: 200, answer: { disposition: "accepted" } });
  });

  it("has told whether Postgres keeps what it commits, as soon as Postgres answered", async () => {
    const { href } = new URL("/metrics", ingress.metricsUrl);
    const durable = async () => /^receiver_database_durable\{.*\} (\d)$/m.exec(await (await fetch(href)).text())?.[1];
    const told = () => ingress.log.events("durability-weak");
    await expect.poll(durable).toMatch(/^[01]$/);
    await expect.poll(async () => told().length).toBe((await durable()) === "0" ? 1 : 0);
  });

  it("answers 503 in less than 5 s when Postgres hangs, and counts a later copy as what it is", async () => {
    const bytes = approval("hung");
    ingress.postgres.hang();
    const startedAt = performance.now();
    expect((await ingress.post(bytes)).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await ingress.postgres.restore();
    // Whether the first copy was committed in the end or not: it is one row now, and the answer says so.
    await expect.poll(async () => (await ingress.post(bytes)).status, { timeout: 10_000 }).toBe(200);
    expect(await ingress.ledger.deliveries.get(deliveryIdOf(bytes))).toMatchObject({ status: "pending" });
  });
});

describeWithRedis("with Redis", () => {
  let redis: TestRedis;
  let ingress: RunningIngress;
  let producer: Producer;
  beforeAll(async () => {
    redis = await startRedis();
    ingress = await runIngress({ REDIS_URL: redis.url });
    producer = createProducer(chooseBackend({ redisUrl: redis.url, databaseUrl: "postgres://unused" }), silent);
  });
  afterAll(async () => {
    await ingress.stop();
    await producer.close();
    await redis.stop();
  });

  const jobOf = (bytes: Uint8Array) =>
    producer.stateOf("CLIENT_FILE_STATUS_CHANGED", { id: deliveryIdOf(bytes), epoch: 0 });

  it("publishes what it stored, one job for all copies", async () => {
    const bytes = approval("published");
    await Promise.all([ingress.post(bytes), ingress.post(bytes), ingress.post(bytes)]);
    await expect.poll(() => jobOf(bytes)).toBe("waiting");
    expect((await producer.counts("CLIENT_FILE_STATUS_CHANGED")).waiting).toBe(1);
  });

  it("publishes nothing for a quarantined delivery, because there is nothing to apply", async () => {
    const before = await producer.counts("ANALYSIS_RESULT");
    const { status } = await ingress.post(bytesOf(danaya.ANALYSIS_RESULT(inventFile("q"), { payload: { id: true } })));
    expect(status).toBe(202);
    await ingress.post(approval("after it"));
    await expect.poll(() => jobOf(approval("after it"))).toBe("waiting");
    expect(await producer.counts("ANALYSIS_RESULT")).toMatchObject({ waiting: before.waiting });
  });

  it("answers 200 when Redis is down, because the row is already committed, and publishes again when it is back", async () => {
    await redis.kill();
    const unpublished = approval("while Redis is down");
    expect(await ingress.post(unpublished)).toMatchObject({ status: 200, answer: { disposition: "accepted" } });
    expect(await ingress.ledger.deliveries.get(deliveryIdOf(unpublished))).toMatchObject({ status: "pending" });
    expect(await statusOf(`${ingress.url}/readyz`)).toBe(200);
    await expect
      .poll(() => ingress.log.events("wake-up-not-published"))
      .toMatchObject([{ level: "warn", err: { code: "REDIS_UNAVAILABLE" } }]);
    const metrics = await fetch(`${ingress.metricsUrl}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/receiver_wake_ups_total\{[^}]*outcome="left-to-sweeper"[^}]*\} 1\n/);

    await redis.start();
    await expect
      .poll(
        async () => {
          const bytes = approval(`back ${Math.random()}`);
          await ingress.post(bytes);
          return jobOf(bytes).catch(() => "away");
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBe("waiting");
    expect(await jobOf(unpublished)).toBe("absent"); // the sweeper's
  });
});

describe("without any Redis", () => {
  it("publishes to BullMQ's Postgres backend on the same database, for a first try on a bare machine", async () => {
    const ingress = await runIngress();
    try {
      const bytes = approval("bare");
      expect((await ingress.post(bytes)).status).toBe(200);
      expect(ingress.log.events("backend-chosen")).toMatchObject([{ backend: "postgres" }]);
      const producer = createProducer(chooseBackend({ databaseUrl: ingress.postgres.url }), silent);
      await expect
        .poll(() => producer.stateOf("CLIENT_FILE_STATUS_CHANGED", { id: deliveryIdOf(bytes), epoch: 0 }), {
          timeout: 10_000,
        })
        .toBe("waiting");
      await producer.close();
    } finally {
      await ingress.stop();
    }
  });
});

describe("as a process", () => {
  const token = "T0ken-".repeat(5);
  let running: RunningIngress;
  beforeAll(async () => {
    running = await runIngress();
  });
  afterAll(() => running.stop());

  const spawn = (env: NodeJS.ProcessEnv = {}): Promise<SpawnedApp<"ingress">> =>
    spawnApp("ingress", {
      DATABASE_URL: running.postgres.url,
      DANAYA_WEBHOOK_TOKENS: `autumn:${token}`,
      PUBLIC_URL: "https://receiver.example.org",
      LOG_LEVEL: "debug",
      ...env,
    });

  it("says when it is up, ends with 0 at SIGTERM, and writes its token nowhere", async () => {
    const app = await spawn();
    await fetch(`${app.url}/webhooks/danaya/${token}`, { method: "POST", body: approval("spawned") });
    await fetch(`${app.url}/webhooks/danaya/${token}x`, { method: "POST", body: "{" });
    await fetch(`${app.url}/webhooks/danaya/${token}`);
    await fetch(`${app.url}/${token}`);
    expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    const output = app.logs.join("\n");
    expect(output).toContain('"delivery-received"');
    expect(output).toContain("hand this URL to Danaya: https://receiver.example.org/webhooks/danaya/<token autumn>");
    expect(output).not.toContain(token);
  });

  it("prints the URL to hand to Danaya when it is asked to, once, and keeps it out of the log all the same", async () => {
    const app = await spawn({ PRINT_WEBHOOK_URL: "1" });
    await app.kill("SIGTERM");
    const lines = app.logs.filter((line) => line.includes(token));
    expect(lines).toEqual([`hand this URL to Danaya: https://receiver.example.org/webhooks/danaya/${token}`]);
  });

  it("warns once of tokens that may be guessed, by their names alone", async () => {
    const app = await spawn({ DANAYA_WEBHOOK_TOKENS: "tok-a,2026-11:tok-b" });
    expect((await fetch(`${app.url}/webhooks/danaya/tok-b`, { method: "POST", body: approval("weak") })).status).toBe(
      200,
    );
    await app.kill("SIGTERM");
    const warnings = app.logs.filter((line) => line.includes('"weak-webhook-secret"')).map((line) => JSON.parse(line));
    expect(warnings).toMatchObject([
      { level: "warn", variables: ["DANAYA_WEBHOOK_TOKENS"], tokenNames: ["token-1", "2026-11"] },
    ]);
    expect(app.logs.join("\n")).not.toMatch(/tok-[ab]/);
  });

  it("finishes the request in flight at SIGTERM, because a lost delivery may never come again", async () => {
    const app = await spawn();
    running.postgres.hang();
    const bytes = approval("in flight");
    const posted = fetch(`${app.url}/webhooks/danaya/${token}`, { method: "POST", body: bytes });
    await expect.poll(() => statusOf(`${app.url}/healthz`)).toBe(200);
    const ended = app.kill("SIGTERM");
    await expect.poll(() => app.logs.some((line) => line.includes('"stopping"'))).toBe(true);
    await running.postgres.restore();
    expect((await posted).status).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(await running.ledger.deliveries.get(deliveryIdOf(bytes))).not.toBeNull();
  });
});
