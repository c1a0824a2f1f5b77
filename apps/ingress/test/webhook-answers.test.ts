import { gzipSync } from "node:zlib";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { describe, expect, it, vi } from "vitest";
import { ingressUnderTest, OLD_TOKEN, statusChanged, TOKEN, WEBHOOK } from "./ingress-under-test.ts";

const problem = (status: number, code: string) => ({
  type: "about:blank",
  title: expect.any(String),
  status,
  code,
  detail: expect.any(String),
});

describe("a delivery with a valid token", () => {
  it("is answered 200 accepted with its id, and a worker is woken for it", async () => {
    const { post, wakeUps, stored } = ingressUnderTest();
    const body = statusChanged();
    const answer = await post(body);
    const deliveryId = deliveryIdOf(Buffer.from(body));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.json()).toEqual({ disposition: "accepted", deliveryId });
    const [row] = stored();
    expect(row).toMatchObject({ id: deliveryId, type: "CLIENT_FILE_STATUS_CHANGED", companyId: "123", problems: [] });
    expect(wakeUps).toEqual([
      {
        queue: "CLIENT_FILE_STATUS_CHANGED",
        id: deliveryId,
        epoch: 0,
        data: {
          deliveryId,
          messageType: "CLIENT_FILE_STATUS_CHANGED",
          companyId: "123",
          receivedAt: row?.receivedAt.toISOString(),
        },
        dueAt: null,
      },
    ]);
  });

  it("is answered 200 duplicate with the same id when the same bytes come again", async () => {
    const { post } = ingressUnderTest();
    const first = await post(statusChanged());
    const second = await post(statusChanged());
    expect(second.statusCode).toBe(200);
    expect(second.json()).toEqual({ disposition: "duplicate", deliveryId: first.json().deliveryId });
  });

  it("is answered 202 quarantined with the paths and rules that it broke, and wakes nobody", async () => {
    const { post, wakeUps, stored } = ingressUnderTest();
    const answer = await post(statusChanged({ payload: { status: "VALIDER" } }));
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      disposition: "quarantined",
      deliveryId: stored()[0]?.id,
      problems: [{ path: "payload.id", message: expect.stringMatching(/^must be a string/) }],
    });
    expect(wakeUps).toEqual([]);
  });

  it.each([
    ["truncated JSON", statusChanged().slice(0, -1), "must be a complete JSON document"],
    ["no body", "", "must not be empty"],
    ["compressed JSON, because the bytes are taken as they are", gzipSync(statusChanged()), "must be encoded in UTF-8"],
  ])("is answered 400 and not stored when it is %s", async (_what, body, message) => {
    const { post, stored } = ingressUnderTest();
    const answer = await post(body, { "content-type": "application/json", "content-encoding": "gzip" });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toEqual({ ...problem(400, "NOT_JSON"), problems: [{ path: "", message }] });
    expect(stored()).toEqual([]);
  });

  it.each([
    ["text/plain"],
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data; boundary=x"],
    ["application/octet-stream"],
    ["application/json; charset=latin1"],
    [";;;"],
    ["  "],
    ["application/json, application/json"],
  ])("is taken whatever its content type (%j), because it must not be lost to a header", async (type) => {
    const { post, stored } = ingressUnderTest();
    const answer = await post(statusChanged(), { "content-type": type });
    expect(answer.json()).toMatchObject({ disposition: "accepted" });
    expect(Buffer.from(stored()[0]?.body ?? []).toString()).toBe(statusChanged());
  });

  it("is taken with either token while they are rotated, and the metric tells which one is in use", async () => {
    const { app, scrape } = ingressUnderTest();
    for (const [index, token] of [TOKEN, OLD_TOKEN, OLD_TOKEN].entries()) {
      const url = `/webhooks/danaya/${token}`;
      const answer = await app.inject({ method: "POST", url, payload: statusChanged({ webhookId: `w${index}` }) });
      expect(answer.statusCode).toBe(200);
    }
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'receiver_webhook_token_uses_total{token="autumn"} 1',
        'receiver_webhook_token_uses_total{token="summer"} 2',
      ]),
    );
  });

  it("is taken at a URL with a query or a closing slash, because who pasted it may have added one", async () => {
    const { app } = ingressUnderTest();
    for (const url of [`${WEBHOOK}/`, `${WEBHOOK}?source=danaya`]) {
      const answer = await app.inject({ method: "POST", url, payload: statusChanged() });
      expect(answer.statusCode).toBe(200);
    }
  });

  it("is refused with 413 above 2 MiB, and taken at exactly that size", async () => {
    const { post, stored } = ingressUnderTest();
    const half = "x".repeat(1024 * 1024); // no text may have as much as a body
    const rest = 2 * 1024 * 1024 - statusChanged({ padding: [half, ""] }).length;
    const largest = statusChanged({ padding: [half, "x".repeat(rest)] });
    expect((await post(`${largest} `)).json()).toEqual(problem(413, "BODY_TOO_LARGE"));
    expect(stored()).toEqual([]);
    expect((await post(largest)).json()).toMatchObject({ disposition: "accepted" });
  });
});

describe("companies", () => {
  const flat = JSON.stringify({
    id: 1,
    clientFileToAnalyzeId: "u",
    createdAt: "2024-10-11 10:07:25",
    company: { id: 9 },
  });

  it("quarantines a foreign company at the path where it stands, so that it can be replayed once it is allowed", async () => {
    const { post, stored } = ingressUnderTest({ allowedCompanyIds: new Set(["124", "125"]) });
    expect((await post(statusChanged())).json().problems).toEqual([
      { path: "companyId", message: expect.stringContaining("ALLOWED_COMPANY_IDS") },
    ]);
    expect((await post(flat)).json().problems).toMatchObject([{ path: "company.id" }]);
    expect(stored()).toMatchObject([
      { type: "CLIENT_FILE_STATUS_CHANGED", companyId: "123" },
      { type: "FLAT_CLIENT_FILE", companyId: "9" },
    ]);
  });

  it("takes an allowed company, named by a number or by a string", async () => {
    const { post } = ingressUnderTest({ allowedCompanyIds: new Set(["123", "9"]) });
    for (const body of [statusChanged(), statusChanged({ companyId: "123" }), flat]) {
      expect((await post(body)).json()).toMatchObject({ disposition: "accepted" });
    }
  });
});

describe("when it can't be stored", () => {
  it("is answered 503 with Retry-After, and 200 once the ledger is back", async () => {
    const { post, state, log, wakeUps } = ingressUnderTest();
    state.away = true;
    const answer = await post(statusChanged());
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answer.json()).toEqual(problem(503, "NOT_STORED"));
    expect(log.events("delivery-not-stored")).toMatchObject([{ count: 1, err: { code: "DATABASE_UNAVAILABLE" } }]);
    expect(wakeUps).toEqual([]);
    state.away = false;
    expect((await post(statusChanged())).json()).toMatchObject({ disposition: "accepted" });
  });

  it("is answered 503 within 5 s when the ledger hangs, because no sender waits for ever", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { post, state } = ingressUnderTest();
      state.hangs = true;
      const answer = post(statusChanged());
      await vi.waitUntil(() => vi.getTimerCount() > 0);
      await vi.advanceTimersByTimeAsync(5_000);
      expect((await answer).statusCode).toBe(503);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells by /readyz that it can't store, and by /healthz that it is alive all the same", async () => {
    const { app, state } = ingressUnderTest();
    state.away = true;
    const ready = await app.inject("/readyz");
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({
      status: "not-ready",
      mode: "refusing",
      checks: { storage: "DATABASE_UNAVAILABLE" },
    });
    expect((await app.inject("/healthz")).json()).toEqual({ status: "alive" });
  });
});

describe("health", () => {
  it("is ready when it is able to store, and asks the ledger once for many that ask at a time", async () => {
    const check = vi.fn(async () => {});
    const { app } = ingressUnderTest({ inbox: { receive: vi.fn(), receiveSpooled: vi.fn(), check } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject("/readyz")));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(answers[0]?.json()).toEqual({ status: "ready", mode: "storing", checks: { storage: "ok" } });
    expect(check).toHaveBeenCalledTimes(1);
  });
});

describe("what is written about a delivery", () => {
  it("is one line with ids, type, disposition and size, and nothing of the body", async () => {
    const { post, log } = ingressUnderTest();
    const body = statusChanged();
    await post(body);
    const [line] = log.events("delivery-received");
    expect(line).toMatchObject({
      level: "info",
      deliveryId: deliveryIdOf(Buffer.from(body)),
      messageType: "CLIENT_FILE_STATUS_CHANGED",
      disposition: "accepted",
      companyId: "123",
      bytes: Buffer.byteLength(body),
      durationMs: expect.any(Number),
    });
    expect(log.text()).not.toContain("VALIDER");
  });

  it("is counted by disposition and type, an unknown type as unknown, because anybody may send any word", async () => {
    const { post, scrape } = ingressUnderTest();
    await post(statusChanged());
    await post(statusChanged());
    await post(statusChanged({ messageType: "CLIENT_FILE_ARCHIVED" }));
    const lines = await scrape();
    expect(lines).toEqual(
      expect.arrayContaining([
        'receiver_deliveries_total{disposition="accepted",type="CLIENT_FILE_STATUS_CHANGED"} 1',
        'receiver_deliveries_total{disposition="duplicate",type="CLIENT_FILE_STATUS_CHANGED"} 1',
        'receiver_deliveries_total{disposition="quarantined",type="unknown"} 1',
        'receiver_ingress_answer_seconds_count{status="200"} 2',
      ]),
    );
    expect(lines.join()).not.toContain("ARCHIVED");
  });
});
