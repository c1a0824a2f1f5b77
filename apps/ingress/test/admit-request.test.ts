import { describe, expect, it, vi } from "vitest";
import { limits } from "../src/admit-request.ts";
import { fakeInbox, ingressUnderTest, statusChanged } from "./ingress-under-test.ts";

const body = (seed: number) => statusChanged({ webhookId: `webhook-${seed}` });

describe("more than can be done in time", () => {
  it("is answered 503 with Retry-After at once, and taken again when there is room", async () => {
    const fake = fakeInbox();
    const gate = Promise.withResolvers<void>();
    const receive: typeof fake.inbox.receive = async (delivery) => {
      await gate.promise;
      return fake.inbox.receive(delivery);
    };
    const { post, log } = ingressUnderTest({
      inbox: { ...fake.inbox, receive },
      limits: { ...limits, requests: 3 },
    });
    const inHand = [1, 2, 3].map(async (seed) => (await post(body(seed))).statusCode); // it begins when it is waited for
    const refused = await post(body(4));
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.json()).toMatchObject({ code: "OVERLOADED" });
    expect(log.events("request-refused")).toMatchObject([{ code: "OVERLOADED", level: "warn" }]);
    gate.resolve();
    expect(await Promise.all(inHand)).toEqual([200, 200, 200]);
    expect((await post(body(4))).statusCode).toBe(200);
  });

  it("is also a body that would take more memory than is kept for bodies", async () => {
    const { post, stored } = ingressUnderTest({ limits: { ...limits, bytes: 1_000 } });
    expect((await post(statusChanged({ note: "x".repeat(1_000) }))).statusCode).toBe(503);
    expect((await post(body(1))).statusCode).toBe(200);
    expect(stored()).toHaveLength(1);
  });

  it("is no body that is too long by itself: who hears 503 would send it again for ever", async () => {
    const { post } = ingressUnderTest();
    const answer = await post(body(1), { "content-length": String(2 * limits.bytes) });
    expect(answer.statusCode).toBe(413);
  });

  it("is anything while the heap is nearly full, because the process would die of it with all that it holds", async () => {
    const { post } = ingressUnderTest({ limits: { ...limits, heapBytes: 1 } });
    await vi.waitFor(async () => expect((await post(body(1))).statusCode).toBe(503), { timeout: 5_000 });
  });

  it("never keeps a caller without a token out by the 503 of others: 401 comes first, and takes no room", async () => {
    const { app } = ingressUnderTest({ limits: { ...limits, requests: 0 } });
    const answer = await app.inject({ method: "POST", url: "/webhooks/danaya/wrong", payload: "{}" });
    expect(answer.statusCode).toBe(401);
  });
});

describe("a late event loop", () => {
  const late = { ...limits, loopDelayMs: 20 };
  const block = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };

  it("refuses nothing after one late sample, because a process that was frozen has nothing in hand", async () => {
    const { app, post } = ingressUnderTest({ limits: late });
    await app.ready();
    block(600);
    await vi.waitUntil(() => app.memoryUsage().eventLoopDelay > 20, { timeout: 5_000 });
    expect((await post(body(1))).statusCode).toBe(200);
  });

  it("refuses while it stays late, and no longer than that", async () => {
    const { app, post } = ingressUnderTest({ limits: late });
    await app.ready();
    const statuses: number[] = [];
    await vi.waitUntil(
      async () => {
        block(100); // each turn of the loop
        statuses.push((await post(body(1))).statusCode);
        return statuses.at(-1) === 503;
      },
      { timeout: 10_000, interval: 1 },
    );
    await vi.waitFor(async () => expect((await post(body(1))).statusCode).toBe(200), { timeout: 5_000 });
  });
});
