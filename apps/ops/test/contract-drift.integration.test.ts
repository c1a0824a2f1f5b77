import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, openTestOps, type TestOps } from "./open-test-ops.ts";

describe("contract drift in ops", () => {
  let t: TestOps;
  let id: string;
  beforeAll(async () => {
    t = await openTestOps();
    id = await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("drift"))));
    const seen = { messageType: "ANALYSIS_RESULT", deliveryId: id, seenAt: NOW } as const;
    await t.ledger.drift.record([
      { ...seen, kind: "field", name: "payload.documents[].liveness" },
      { ...seen, kind: "status", name: "EN_REVUE" },
    ]);
    await t.receive(bytesOf({ messageType: "OF_TOMORROW", companyId: 1 }), new Date(NOW.getTime() + 1_000));
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  test("is listed for a viewer, newest first, in pages and since a time", async () => {
    const first = (await t.viewer("GET", "/api/contract-drift?limit=2")).json;
    const second = (await t.viewer("GET", `/api/contract-drift?limit=2&cursor=${first.nextCursor}`)).json;
    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    expect(names).toEqual(["OF_TOMORROW", "EN_REVUE", "payload.documents[].liveness"]);
    expect(first.items[1]).toEqual({
      ...{ kind: "status", messageType: "ANALYSIS_RESULT", name: "EN_REVUE", count: 1, deliveryId: id },
      ...{ firstSeenAt: NOW.toISOString(), lastSeenAt: NOW.toISOString() },
    });
    const since = await t.viewer("GET", "/api/contract-drift?since=2026-11-22T12:00:01Z");
    expect(since.json.items).toMatchObject([{ kind: "message-type", messageType: null, name: "OF_TOMORROW" }]);
    expect((await t.viewer("GET", "/api/contract-drift?since=yesterday")).status).toBe(400);
  });

  test("has a page, with the first delivery of each", async () => {
    const { status, text } = await t.viewer("GET", "/contract-drift");
    expect(status).toBe(200);
    expect(text).toContain("payload.documents[].liveness");
    expect(text).toContain(`href="/deliveries/${id}"`);
    expect((await t.viewer("GET", "/contract-drift?since=x")).text).toContain("must be a day or a time");
  });
});
