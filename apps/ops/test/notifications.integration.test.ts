import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const UNKNOWN = "0199b2c4-0000-7000-8000-000000000000";
const bank = { name: "Core banking", kind: "http", url: "https://bank.example/hooks", types: ["*"] };

/** For tests that do not mind what others left. */
let shared: TestOps;
beforeAll(async () => {
  shared = await openTestOps();
});
afterAll(async () => shared[Symbol.asyncDispose]());

describe("the API of notifications", () => {
  test("lists them with their attempts, and sends one again under the same id", async () => {
    await using t = await openTestOps();
    const subscriber = (await t.operator("POST", "/api/subscribers", bank)).json;
    await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("told"))));
    const list = await t.viewer(
      "GET",
      `/api/notifications?subscriberId=${subscriber.id}&type=client_file.approved&status=pending`,
    );
    const [pending] = list.json.items;
    expect(pending).toMatchObject({
      subscriberId: subscriber.id,
      status: "pending",
      attempts: [],
      nextAttemptAt: expect.any(String),
    });

    const startedAt = new Date("2026-11-22T12:00:01Z");
    await t.ledger.recordNotificationAttempt(
      { id: pending.id, epoch: 0 },
      { startedAt, latencyMs: 42, httpStatus: 410, code: "SUBSCRIBER_GONE", outcome: "failed" },
    );
    const [failed] = (await t.viewer("GET", "/api/notifications?status=failed")).json.items;
    expect(failed).toMatchObject({
      id: pending.id,
      attempts: [
        { at: startedAt.toISOString(), outcome: "failed", httpStatus: 410, code: "SUBSCRIBER_GONE", latencyMs: 42 },
      ],
    });

    const again = await t.operator("POST", `/api/notifications/${pending.id}/redeliver`, { reason: "they came back" });
    expect(again).toMatchObject({ status: 202, json: { id: pending.id, status: "pending" } });
    expect((await t.viewer("GET", "/api/notifications?status=pending")).json.items).toMatchObject([{ id: pending.id }]);
    expect(await t.producer.stateOf("NOTIFICATION", { id: pending.id, epoch: 1 })).not.toBe("absent");
    expect((await t.operator("GET", "/api/audit?limit=1")).json.items).toMatchObject([
      { actor: "ada", action: "notification.redeliver", target: pending.id, reason: "they came back" },
    ]);
  });

  test("refuses to send what its subscriber is not told any more, and says what to do", async () => {
    await using t = await openTestOps();
    const { id } = (await t.operator("POST", "/api/subscribers", { ...bank, audience: "compliance" })).json;
    await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("narrowed"))));
    const [told] = (await t.viewer("GET", "/api/notifications")).json.items;
    await t.operator("PATCH", `/api/subscribers/${id}`, { audience: "customer", reason: "another desk" });
    const again = await t.operator("POST", `/api/notifications/${told.id}/redeliver`, { reason: "lost" });
    expect(again.json).toMatchObject(problem(409, "NOT_FOR_SUBSCRIBER"));
    expect(again.json.detail).toContain("widen it again");
    expect((await t.operator("GET", "/api/audit?limit=1")).json.items).toMatchObject([{ action: "subscriber.update" }]);
  });

  test("pages by cursor", async () => {
    await using t = await openTestOps();
    await t.operator("POST", "/api/subscribers", bank);
    for (const seed of ["a", "b"]) await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(seed))));
    const first = (await t.viewer("GET", "/api/notifications?limit=1")).json;
    const second = (await t.viewer("GET", `/api/notifications?limit=1&cursor=${first.nextCursor}`)).json;
    expect(new Set([first.items[0].id, second.items[0].id]).size).toBe(2);
    expect(second.nextCursor).toBeNull();
  });

  test.each(["subscriberId=hunter2", "clientFileId=hunter2", "type=hunter2", "status=hunter2", "cursor=hunter2"])(
    "refuses %s by its name",
    async (query) => {
      const t = shared;
      const { json, text } = await t.viewer("GET", `/api/notifications?${query}`);
      expect(json.errors).toMatchObject([{ path: query.split("=")[0] }]);
      expect(text).not.toContain("hunter2");
    },
  );

  test("knows no other notifications", async () => {
    const t = shared;
    for (const id of [`msg_${"0".repeat(32)}`, UNKNOWN, "%00"]) {
      const redelivered = await t.operator("POST", `/api/notifications/${id}/redeliver`, { reason: "lost" });
      expect(redelivered.json).toEqual(problem(404, "NOT_FOUND"));
    }
  });
});
