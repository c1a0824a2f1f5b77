import { randomUUID } from "node:crypto";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { badFixtures, bytesOf, danaya, fixture, fixturesOfCase, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const UNKNOWN = "0".repeat(40);
const prototypePollution = fixture("14-proto-pollution").bytes;

/** For tests that do not mind what others left. */
let shared: TestOps;
beforeAll(async () => {
  shared = await openTestOps();
});
afterAll(async () => shared[Symbol.asyncDispose]());

describe("the API of deliveries", () => {
  let t: TestOps;
  beforeAll(async () => {
    t = await openTestOps();
    for (const { bytes } of fixturesOfCase(2)) await t.deliver(bytes);
    for (const { name, bytes } of badFixtures()) if (name !== "01-truncated-json") await t.receive(bytes);
    await t.receive(prototypePollution, new Date("2026-11-21T00:00:00Z"));
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  test("lists the quarantined ones with the path and the rule that each broke", async () => {
    const { json } = await t.viewer("GET", "/api/deliveries?status=quarantined");
    expect(json.items).toHaveLength(badFixtures().length - 1);
    for (const item of json.items) {
      expect(item.problems).not.toEqual([]);
      expect(item).toMatchObject({ disposition: "quarantined", errorCode: null, settledAt: null });
    }
    const polluted = json.items.find(({ id }: { id: string }) => id === deliveryIdOf(prototypePollution));
    expect(polluted).toMatchObject({
      sightings: 2,
      problems: expect.arrayContaining([{ path: "payload.__proto__", message: expect.any(String) }]),
    });
  });

  test.each([
    ["status", "status=applied", 6],
    ["type", "messageType=RETRY_DOCUMENT_VERIFICATION", 3],
    ["an unknown type that a delivery bore", "messageType=CLIENT_FILE_ARCHIVED", 1],
    ["the beginning of an id", `q=${deliveryIdOf(prototypePollution).slice(0, 10)}`, 1],
    ["a day on which nothing came", "from=2026-11-23&to=2026-11-24", 0],
    ["a moment", "status=applied&from=2026-11-22T12:00:00Z&to=2026-11-22T13:00:01%2B01:00", 6],
    ["company", "companyId=123&status=applied", 6],
    ["a code that nothing failed with", "errorCode=INTERNAL", 0],
  ])("filters by %s", async (_what, query, count) => {
    expect((await t.viewer("GET", `/api/deliveries?${query}`)).json.items).toHaveLength(count);
  });

  test("says of each how it is dated against its receipt, and nothing while it is not applied", async () => {
    const change = (name: string, timestamp: string) =>
      bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`dated ${name}`, { companyId: 77 }), { timestamp }));
    const given = {
      future: change("future", "2026-11-22T12:10:01Z"),
      usual: change("usual", "2026-11-22T12:10:00Z"),
      "long-ago": change("long-ago", "2026-10-22T12:00:00Z"),
    };
    for (const body of Object.values(given)) await t.deliver(body);
    const waiting = change("waiting", "2099-01-01T00:00:00Z");
    await t.receive(waiting);
    for (const [dated, body] of [...Object.entries(given), [null, waiting] as const]) {
      const { json } = await t.viewer("GET", `/api/deliveries/${deliveryIdOf(body)}`);
      expect(json).toMatchObject({ dated });
    }
    const { items } = (await t.viewer("GET", "/api/deliveries?companyId=77")).json;
    expect(new Set(items.map((item: { dated: string | null }) => item.dated))).toEqual(
      new Set(["future", "usual", "long-ago", null]),
    );
  });

  test.each([
    ["status", "status=hunter2"],
    ["messageType", "messageType=hunter2"],
    ["q", "q=HUNTER2"],
    ["errorCode", "errorCode=hunter2"],
    ["from", "from=hunter2"],
    ["to", "to=2026-02-30"],
    ["cursor", `cursor=${Buffer.from('["2026-01-01","hunter2"]').toString("base64url")}`],
    ["cursor", `cursor=${Buffer.from(`["-200000-01-01T00:00:00Z","${UNKNOWN}"]`).toString("base64url")}`],
  ])("refuses a wrong %s", async (path, query) => {
    const { status, json, text } = await t.viewer("GET", `/api/deliveries?${query}`);
    expect({ status, paths: json.errors?.map((error: { path: string }) => error.path) }).toEqual({
      status: 400,
      paths: [path],
    });
    expect(text).not.toMatch(/hunter2/i);
  });

  test("shows one with when it was seen again, and never its body", async () => {
    const { json, text } = await t.viewer("GET", `/api/deliveries/${deliveryIdOf(prototypePollution)}`);
    expect(json).toMatchObject({
      sizeBytes: prototypePollution.length,
      seenAgainAt: ["2026-11-21T00:00:00.000Z"],
      errorFrames: [],
    });
    expect(text).not.toContain("polluted");
  });

  test("knows no other deliveries", async () => {
    for (const id of [UNKNOWN, "abc", "%00", "A".repeat(40)]) {
      expect((await t.viewer("GET", `/api/deliveries/${id}`)).json).toEqual(problem(404, "NOT_FOUND"));
      expect((await t.operator("POST", `/api/deliveries/${id}/replay`)).json).toEqual(problem(404, "NOT_FOUND"));
      expect((await t.operator("POST", `/api/deliveries/${id}/reveal`, { reason: "look" })).json).toEqual(
        problem(404, "NOT_FOUND"),
      );
    }
    expect((await t.operator("GET", "/api/audit")).json.items).toEqual([]);
  });
});

describe("revealing a body", () => {
  test("gives the exact bytes and writes down who asked and why", async () => {
    await using t = await openTestOps();
    const body = bytesOf(danaya.ANALYSIS_RESULT(inventFile("revealed")));
    const id = await t.deliver(body);
    const answer = await t.operator("POST", `/api/deliveries/${id}/reveal`, {
      reason: "the customer disputes the date",
    });
    expect(answer.json).toEqual({ id, sizeBytes: body.length, encoding: "utf-8", body: body.toString() });
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect((await t.operator("GET", "/api/audit")).json.items).toMatchObject([
      {
        actor: "ada",
        action: "delivery.reveal",
        target: id,
        reason: "the customer disputes the date",
        at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  test("gives base64 where the bytes are no text, because nothing of them may be lost", async () => {
    await using t = await openTestOps();
    const body = Buffer.from([0x22, 0xff, 0x00, 0x22]);
    const id = deliveryIdOf(body);
    const inbox = {
      id,
      body,
      type: null,
      companyId: null,
      receivedAt: new Date(),
      receiptId: randomUUID(),
      problems: [{ path: "", message: "rule" }],
    };
    await t.inbox.receive(inbox);
    const { json } = await t.operator("POST", `/api/deliveries/${id}/reveal`, { reason: "look" });
    expect(json).toEqual({ id, sizeBytes: 4, encoding: "base64", body: body.toString("base64") });
  });

  test("gives nothing without a reason, and nothing to a viewer", async () => {
    await using t = await openTestOps();
    const id = await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("kept"))));
    for (const body of [{}, { reason: "" }, { reason: "   " }, { reason: 7 }]) {
      const { json } = await t.operator("POST", `/api/deliveries/${id}/reveal`, body);
      expect(json).toMatchObject({ code: "INVALID_INPUT", errors: [{ path: "reason" }] });
    }
    expect((await t.viewer("POST", `/api/deliveries/${id}/reveal`, { reason: "curious" })).status).toBe(403);
    expect((await t.operator("GET", "/api/audit")).json.items).toEqual([]);
  });
});

describe("replaying", () => {
  const refused = bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("refused"), { payload: { status: "REJETER" } }));
  const withoutRefusals = { entries: { VALIDER: "APPROVED", REJETER: "ERROR" }, reason: "try" };

  test("a dry run tells which files would change and how, and changes nothing", async () => {
    await using t = await openTestOps();
    const id = await t.deliver(refused);
    await t.operator("PUT", "/api/status-map", withoutRefusals);
    const before = await snapshot(t, id);

    const { status, json } = await t.operator("POST", `/api/deliveries/${id}/replay`, { dryRun: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      dryRun: true,
      deliveryIds: [id],
      stillQuarantined: [],
      changes: [{ changed: true, state: { before: "REJECTED", after: "ERROR" } }],
    });
    expect(await snapshot(t, id)).toEqual(before);
    expect(await t.producer.counts("CLIENT_FILE_STATUS_CHANGED")).toMatchObject({ waiting: 0 });
  });

  test("sends a delivery to its queue again under the next epoch, audited", async () => {
    await using t = await openTestOps();
    const id = await t.deliver(refused);
    const { status, json } = await t.operator("POST", `/api/deliveries/${id}/replay`, { reason: "after the fix" });
    expect(status).toBe(202);
    expect(json).toEqual({ dryRun: false, deliveryIds: [id], stillQuarantined: [], failing: [], nextCursor: null });
    expect((await t.viewer("GET", `/api/deliveries/${id}`)).json).toMatchObject({ status: "pending", epoch: 1 });
    expect(await t.producer.stateOf("CLIENT_FILE_STATUS_CHANGED", { id, epoch: 1 })).toBe("waiting");
    expect((await t.operator("GET", "/api/audit?limit=1")).json.items).toMatchObject([
      { action: "delivery.replay", target: id, reason: "after the fix" },
    ]);
  });

  test("selects many by filter, oldest first, up to a limit, and says which the contract refuses still", async () => {
    await using t = await openTestOps();
    for (const { bytes } of fixturesOfCase(2)) await t.deliver(bytes);
    await t.receive(prototypePollution);
    const retries = { filter: { messageType: "RETRY_DOCUMENT_VERIFICATION", companyId: 123 }, limit: 2 };
    const { json: first } = await t.operator("POST", "/api/deliveries/replay", retries);
    const { json: second } = await t.operator("POST", "/api/deliveries/replay", {
      ...retries,
      cursor: first.nextCursor,
    });
    expect(new Set([...first.deliveryIds, ...second.deliveryIds]).size).toBe(3);
    expect(second).toMatchObject({ deliveryIds: [expect.any(String)], nextCursor: null });

    const quarantined = { filter: { status: "quarantined", from: "2026-11-01", to: "2026-12-01" }, dryRun: true };
    expect((await t.operator("POST", "/api/deliveries/replay", quarantined)).json).toEqual({
      dryRun: true,
      deliveryIds: [],
      stillQuarantined: [deliveryIdOf(prototypePollution)],
      nextCursor: null,
      failing: [],
      changes: [],
    });
  });

  test.each([
    ["no filter", {}, "filter"],
    ["an empty filter, because a slip would replay everything", { filter: {} }, "filter"],
    ["an unknown condition", { filter: { state: "failed" } }, "filter"],
    ["a misspelt dryRun, because the slip would do it", { filter: { status: "failed" }, dryrun: true }, ""],
    ["a dryRun that is no boolean", { filter: { status: "failed" }, dryRun: "true" }, "dryRun"],
    ["a cursor of its own making", { filter: { status: "failed" }, cursor: "1" }, "cursor"],
    ["more than a thousand", { filter: { status: "failed" }, limit: 1_001 }, "limit"],
  ])("refuses %s", async (_what, body, path) => {
    const t = shared;
    const { status, json } = await t.operator("POST", "/api/deliveries/replay", body);
    expect({ status, paths: json.errors.map((error: { path: string }) => error.path) }).toEqual({
      status: 400,
      paths: [path],
    });
  });
});

async function snapshot(t: TestOps, deliveryId: string) {
  const [file] = (await t.viewer("GET", "/api/client-files")).json.items;
  const details = (await t.viewer("GET", `/api/client-files/${file.id}`)).json;
  const delivery = (await t.viewer("GET", `/api/deliveries/${deliveryId}`)).json;
  const audit = (await t.operator("GET", "/api/audit")).json;
  return { details, delivery, audit };
}
