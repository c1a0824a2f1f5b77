import {
  type Answer,
  danaya,
  describeWithRedis,
  inventFile,
  type ReceivingServer,
  receivingServer,
} from "@receiver/testing";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

const ALLOWED = { OUTGOING_ALLOW: "127.0.0.0/8" };

describeWithRedis("the notification worker", () => {
  let pipeline: TestPipeline;
  const servers: ReceivingServer[] = [];
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(async () => {
    await pipeline.close();
    for (const server of servers) await server.close();
  });

  /** A subscriber to one company of its own, and a file of it that was approved: one notification, not published yet. */
  async function approve(companyId: number, ...answers: Answer[]) {
    const server = await receivingServer(...answers);
    servers.push(server);
    const { ledger } = pipeline;
    const subscriber = await ledger.subscribers.create(
      {
        name: "s",
        kind: "http",
        url: `${server.url}/hook`,
        types: ["*"],
        companies: [String(companyId)],
        audience: "operations",
      },
      { actor: "test", now: new Date() },
    );
    const { id } = await pipeline.store(
      danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`of ${companyId}`, { companyId })),
    );
    const outcome = await ledger.applyDelivery(id, new Date());
    const [wakeUp] = outcome.kind === "applied" ? outcome.wakeUps : [];
    if (wakeUp === undefined) throw new Error("nobody is to be told");
    return { server, subscriber, wakeUp, deliveryId: id };
  }

  const notificationOf = async (subscriberId: string) =>
    (await pipeline.ledger.notifications.list({ subscriberId, limit: 10 })).items[0];
  const untilStatus = (subscriberId: string, status: string) =>
    expect.poll(async () => (await notificationOf(subscriberId))?.status, { timeout: 15_000 }).toBe(status);

  test("tells a subscriber that fails twice and then answers 200 one thing, signed with its secret, and keeps the attempts", async () => {
    const { server, subscriber, wakeUp, deliveryId } = await approve(101, 500, 302);
    const app = await pipeline.start("notification-worker", ALLOWED);
    await pipeline.producer.wake(wakeUp);
    await untilStatus(subscriber.id, "delivered");

    const { requests } = server;
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([wakeUp.id]));
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    for (const { body, headers } of requests) {
      const verified = new Webhook(subscriber.secret).verify(body, headers as Record<string, string>);
      expect(verified).toMatchObject({ type: "client_file.approved", data: { companyId: "101", cause: deliveryId } });
    }
    const notification = await notificationOf(subscriber.id);
    expect(notification?.attempts).toMatchObject([
      { outcome: "retry", httpStatus: 500, code: "SUBSCRIBER_REFUSED" },
      { outcome: "retry", httpStatus: 302, code: "SUBSCRIBER_REFUSED" },
      { outcome: "delivered", httpStatus: 200, code: null },
    ]);
    expect(requests).toHaveLength(3);
    await expect
      .poll(() => eventsOf(app, "notification-delivered"))
      .toMatchObject([{ notificationId: wakeUp.id, attempts: 3 }]);
    expect(app.logs.join("\n")).not.toContain("/hook");
    expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("asks a subscriber that is gone no second time", async () => {
    const { server, subscriber, wakeUp } = await approve(102, 410);
    const app = await pipeline.start("notification-worker", ALLOWED);
    await pipeline.producer.wake(wakeUp);
    await untilStatus(subscriber.id, "failed");
    expect((await notificationOf(subscriber.id))?.attempts).toMatchObject([
      { outcome: "failed", code: "SUBSCRIBER_GONE" },
    ]);
    expect(server.requests).toHaveLength(1);
    await expect.poll(() => pipeline.producer.stateOf("NOTIFICATION", wakeUp)).toBe("failed");
    await app.kill("SIGTERM");
  });

  test("reaches no private address unless OUTGOING_ALLOW names its network", async () => {
    const { server, subscriber, wakeUp } = await approve(103);
    const app = await pipeline.start("notification-worker");
    await pipeline.producer.wake(wakeUp);
    await untilStatus(subscriber.id, "failed");
    expect((await notificationOf(subscriber.id))?.attempts).toMatchObject([
      { code: "SUBSCRIBER_ADDRESS_FORBIDDEN", httpStatus: null },
    ]);
    expect(server.requests).toEqual([]);
    await app.kill("SIGTERM");
  });

  test("counts attempts by the row, so that a Redis that was emptied grants no new ones", async () => {
    const { subscriber, wakeUp } = await approve(104, 500);
    await pipeline.rows("update notifications set attempts = 23 where id = $1", [wakeUp.id]);
    const app = await pipeline.start("notification-worker", ALLOWED);
    await pipeline.producer.wake(wakeUp);
    await untilStatus(subscriber.id, "failed");
    expect((await notificationOf(subscriber.id))?.attempts).toMatchObject([
      { outcome: "failed", code: "SUBSCRIBER_REFUSED" },
    ]);
    await app.kill("SIGTERM");
  });

  test("sends nothing to a subscriber that was removed meanwhile", async () => {
    const { server, subscriber, wakeUp } = await approve(105);
    await pipeline.ledger.subscribers.remove(subscriber.id, { actor: "test", now: new Date() });
    const app = await pipeline.start("notification-worker", ALLOWED);
    await pipeline.producer.wake(wakeUp);
    await expect.poll(() => pipeline.producer.stateOf("NOTIFICATION", wakeUp), { timeout: 10_000 }).toBe("completed");
    expect(server.requests).toEqual([]);
    await app.kill("SIGTERM");
  });

  test("ends within its grace while a subscriber hangs, and blames nobody for it", async () => {
    const { server, subscriber, wakeUp } = await approve(106, "hang");
    const app = await pipeline.start("notification-worker", { ...ALLOWED, STOP_GRACE: "4s" });
    await pipeline.producer.wake(wakeUp);
    await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
    const begunAt = performance.now();
    expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(performance.now() - begunAt).toBeLessThan(4_500);
    expect(await notificationOf(subscriber.id)).toMatchObject({ status: "pending", attempts: [] });
  });
});
