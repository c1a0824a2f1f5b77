import { describe, expect, it } from "vitest";
import { ingressUnderTest, statusChanged, TOKEN, type UnderTest } from "./ingress-under-test.ts";

const BURST = 30;

const postAs = ({ app }: UnderTest, token: string, from: { remoteAddress?: string; forwardedFor?: string } = {}) =>
  app.inject({
    method: "POST",
    url: `/webhooks/danaya/${token}`,
    payload: statusChanged(),
    remoteAddress: from.remoteAddress ?? "192.0.2.1",
    headers: { "content-type": "application/json", ...(from.forwardedFor && { "x-forwarded-for": from.forwardedFor }) },
  });

describe("without a valid token", () => {
  it.each([
    ["another token", "A".repeat(32)],
    ["a token cut short", TOKEN.slice(0, -1)],
    ["a token with something added", `${TOKEN}x`],
    ["a token as long as a URL may be", "a".repeat(12_000)],
    ["the token's name", "autumn"],
  ])("answers 401 to %s and stores nothing", async (_what, token) => {
    const ingress = ingressUnderTest();
    const answer = await postAs(ingress, token);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toMatchObject({ status: 401, code: "UNAUTHORISED" });
    expect(ingress.stored()).toEqual([]);
  });

  it("answers 401 before it looks at the body, so a body too large and of no type is 401 too", async () => {
    const { app } = ingressUnderTest();
    const answer = await app.inject({
      method: "POST",
      url: "/webhooks/danaya/nobody",
      payload: Buffer.alloc(3 * 1024 * 1024),
      headers: { "content-type": ";;;" },
    });
    expect(answer.statusCode).toBe(401);
  });

  it("answers 429 with Retry-After to a network that goes on failing, and still takes a valid token from it", async () => {
    const ingress = ingressUnderTest();
    const statuses = [];
    for (let i = 0; i < BURST; i += 1) statuses.push((await postAs(ingress, "wrong")).statusCode);
    expect(statuses).toEqual(Array(BURST).fill(401));
    const throttled = await postAs(ingress, "wrong");
    expect(throttled.statusCode).toBe(429);
    expect(throttled.json()).toMatchObject({ code: "TOO_MANY_FAILURES" });
    expect(Number(throttled.headers["retry-after"])).toBeGreaterThan(0);
    expect((await postAs(ingress, TOKEN)).statusCode).toBe(200);
    expect((await postAs(ingress, "wrong", { remoteAddress: "192.0.2.2" })).statusCode).toBe(401);
  });

  it("tells clients apart behind a trusted proxy, or one of them would throttle them all", async () => {
    const ingress = ingressUnderTest({ trustedProxies: ["10.0.0.0/8"] });
    const from = (forwardedFor: string) => ({ remoteAddress: "10.1.1.1", forwardedFor });
    for (let i = 0; i <= BURST; i += 1) await postAs(ingress, "wrong", from("192.0.2.1"));
    expect((await postAs(ingress, "wrong", from("192.0.2.1"))).statusCode).toBe(429);
    expect((await postAs(ingress, "wrong", from("192.0.2.2"))).statusCode).toBe(401);
  });

  it("believes no X-Forwarded-For of a stranger, or he would have as many tries as addresses", async () => {
    const ingress = ingressUnderTest({ trustedProxies: ["10.0.0.0/8"] });
    const from = (index: number) => ({ remoteAddress: "203.0.113.5", forwardedFor: `192.0.2.${index}` });
    for (let i = 0; i < BURST; i += 1) await postAs(ingress, "wrong", from(i));
    expect((await postAs(ingress, "wrong", from(200))).statusCode).toBe(429);
  });

  it("counts every refusal and logs them together, because a flood must not bury the log", async () => {
    const ingress = ingressUnderTest();
    for (let i = 0; i < 20; i += 1) await postAs(ingress, "wrong");
    expect(ingress.log.events("request-refused")).toEqual([
      expect.objectContaining({ level: "warn", code: "UNAUTHORISED", count: 1 }),
    ]);
    await ingress.close(1_000);
    expect(ingress.log.events("request-refused").map(({ count }) => count)).toEqual([1, 19]);
    expect(await ingress.scrape()).toContain('receiver_ingress_refusals_total{code="UNAUTHORISED"} 20');
  });
});

describe("at another door", () => {
  it.each([
    ["GET", "/"],
    ["POST", "/webhooks/danaya"],
    ["POST", "/webhooks/other/x"],
    ["POST", "/healthz"],
    ["GET", "/metrics"],
    ["GET", "/webhooks/danaya/token/more"],
    ["POST", "/webhooks/danaya/%zz"],
  ] as const)("answers %s %s with 404 as a problem, whatever its body", async (method, url) => {
    const { app } = ingressUnderTest();
    const answer = await app.inject({ method, url, payload: "{", headers: { "content-type": "application/json" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] as const)(
    "answers %s on the webhook's path with 405, with a valid token or not, so that it confirms none",
    async (method) => {
      const { app, stored } = ingressUnderTest();
      for (const token of [TOKEN, "wrong"]) {
        const answer = await app.inject({ method, url: `/webhooks/danaya/${token}`, payload: statusChanged() });
        expect(answer.statusCode).toBe(405);
        expect(answer.headers.allow).toBe("POST");
        expect(answer.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
      }
      expect(stored()).toEqual([]);
    },
  );
});

describe("what was sent", () => {
  const PLANTED = "PLANTED7f3a";

  it("is in no log line where it looks like a message type, because an unknown one may be anybody's name", async () => {
    const { post, log } = ingressUnderTest();
    const answer = await post(statusChanged({ messageType: PLANTED.toUpperCase() }));
    expect(answer.statusCode).toBe(202);
    expect(log.events("delivery-received")).toMatchObject([{ disposition: "quarantined" }]);
    expect(log.text()).not.toContain(PLANTED.toUpperCase());
  });

  it("is in no error answer and in no log line: not the token, not the path, not the body", async () => {
    const { app, post, log, state } = ingressUnderTest();
    const answers = [
      await app.inject({ method: "POST", url: `/webhooks/danaya/${PLANTED}`, payload: PLANTED }),
      await app.inject({ method: "GET", url: `/webhooks/danaya/${PLANTED}` }),
      await app.inject({ method: "GET", url: `/${PLANTED}` }),
      await app.inject({ method: "GET", url: `/webhooks/danaya/%zz${PLANTED}` }),
      await post(`{"${PLANTED}":`),
      await post(statusChanged({ messageType: PLANTED, timestamp: PLANTED })),
      await post(statusChanged({ additional: { [PLANTED]: { __proto__x: 1 } }, payload: PLANTED })),
      await post(Buffer.alloc(3 * 1024 * 1024, PLANTED)),
    ];
    state.away = true;
    answers.push(await post(statusChanged({ webhookId: PLANTED })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 405, 404, 404, 400, 202, 202, 413, 503]);
    for (const { payload, headers } of answers) {
      expect(payload + JSON.stringify(headers)).not.toContain(PLANTED);
      expect(payload + JSON.stringify(headers)).not.toContain(TOKEN);
    }
    expect(log.text()).not.toContain(PLANTED);
    expect(log.text()).not.toContain(TOKEN);
  });
});
