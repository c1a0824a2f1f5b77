import { bytesOf, danaya, documentedFixtures, fixturesOfCase, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const UNKNOWN = "0199b2c4-0000-7000-8000-000000000000";

/** For tests that do not mind what others left. */
let shared: TestOps;
beforeAll(async () => {
  shared = await openTestOps();
});
afterAll(async () => shared[Symbol.asyncDispose]());

describe("the API of client files", () => {
  let t: TestOps;
  beforeAll(async () => {
    t = await openTestOps();
    for (const { bytes } of [...documentedFixtures(), ...fixturesOfCase(2)]) await t.deliver(bytes);
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  test("finds the documented file by company and number", async () => {
    const { status, json } = await t.viewer("GET", "/api/client-files?companyId=123&fileNumber=456");
    expect(status).toBe(200);
    expect(json).toEqual({
      items: [
        {
          id: expect.any(String),
          companyId: "123",
          fileNumber: "456",
          fileUuid: null,
          externalId: "EXT-CLIENT-789",
          kind: "KYC",
          state: "APPROVED",
          releasedState: "APPROVED",
          flags: ["orphan"],
          confirmation: "unconfirmed",
          score: 0.94,
          version: expect.any(Number),
          openedAt: "2025-10-17T10:30:00.000Z",
          lastEventAt: "2025-10-17T12:15:00.000Z",
        },
      ],
      nextCursor: null,
    });
  });

  test("tells how a file came to its state, each step with the delivery that caused it", async () => {
    const list = await t.viewer("GET", "/api/client-files?fileNumber=45614");
    const { status, json } = await t.viewer("GET", `/api/client-files/${list.json.items[0].id}`);
    expect(status).toBe(200);
    expect(json.transitions.map((step: { to: string }) => step.to)).toEqual([
      "RETRY_REQUESTED",
      "AWAITING_DECISION",
      "APPROVED",
    ]);
    const deliveries = json.deliveries.map(({ id }: { id: string }) => id);
    expect(deliveries).toEqual(expect.arrayContaining(json.transitions.map((step: { cause: string }) => step.cause)));
    expect(json.retries).toMatchObject([
      { verification: "FACE_MATCH", attempts: 3, status: "settled", firstAt: expect.stringMatching(/Z$/) },
    ]);
    expect(json.documents).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: "CNI", validity: "unknown" })]),
    );
  });

  test.each([
    ["state", "state=APPROVED&companyId=123", 2],
    ["flag", "flag=escalated", 1],
    ["uuid", "fileUuid=550e8400-e29b-41d4-a716-446655440000", 1],
    ["externalId", "externalId=EXT-FILE-2026-000102", 1],
    ["nothing that exists", "companyId=124", 0],
  ])("filters by %s", async (_what, query, count) => {
    const { json } = await t.viewer("GET", `/api/client-files?${query}`);
    expect(json.items).toHaveLength(count);
  });

  test("pages through all files once each, newest event first", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json } = await t.viewer("GET", `/api/client-files?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...json.items.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor;
    } while (cursor !== null);
    const all = (await t.viewer("GET", "/api/client-files")).json.items;
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
    const times = all.map(({ lastEventAt }: { lastEventAt: string }) => lastEventAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  test.each([
    ["state", "state=hunter2", "must be one of RECEIVED"],
    ["flag", "flag=hunter2", "must be one of unconfirmed"],
    ["limit", "limit=1001", "must be a whole number from 1 to 1000"],
    ["limit", "limit=hunter2", "must be a whole number"],
    ["cursor", "cursor=hunter2", "must be the nextCursor"],
    ["companyId", "companyId=", "must be a string of 1 to 200 characters"],
    ["companyId", "companyId=hunter2&companyId=2", "must be a string"],
    ["externalId", "externalId=hunter2%00", "without control characters"],
    ["", "hunter2=1", "must hold no other fields than companyId, fileNumber"],
  ])("refuses a wrong %s (%s) by field and rule, without repeating it", async (path, query, message) => {
    const { status, json, text } = await t.viewer("GET", `/api/client-files?${query}`);
    expect(status).toBe(400);
    expect(json).toEqual({
      ...problem(400, "INVALID_INPUT"),
      errors: [{ path, message: expect.stringContaining(message) }],
    });
    expect(text).not.toContain("hunter2");
  });

  test("refuses a cursor of another list, because its ids have another form", async () => {
    const { json } = await t.viewer("GET", "/api/deliveries?limit=1");
    const answer = await t.viewer("GET", `/api/client-files?cursor=${json.nextCursor}`);
    expect(answer.json).toMatchObject({ code: "INVALID_INPUT", errors: [{ path: "cursor" }] });
  });

  test.each([UNKNOWN, "45614", "%00", "..%2f..%2fetc"])("knows no file %s", async (id) => {
    expect((await t.viewer("GET", `/api/client-files/${id}`)).json).toEqual(problem(404, "NOT_FOUND"));
  });
});

describe("registering an upload", () => {
  test("creates a file that nobody has told of, and knows it the second time", async () => {
    await using t = await openTestOps();
    const upload = { companyId: 7, fileUuid: "g2f3e4d5-0001", externalId: "client:1" };
    const created = await t.operator("POST", "/api/client-files", upload);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      companyId: "7",
      fileUuid: "g2f3e4d5-0001",
      externalId: "client:1",
      state: "RECEIVED",
    });
    expect(created.headers.location).toBe(`/api/client-files/${created.json.id}`);

    const known = await t.operator("POST", "/api/client-files", { ...upload, companyId: "7" });
    expect(known.status).toBe(200);
    expect(known.json).toEqual(created.json);
    expect((await t.operator("GET", "/api/audit")).json.items).toMatchObject([
      { actor: "ada", action: "client-file.register" },
    ]);
  });

  test("links the file to a number that comes later with the same externalId, which is what it is for", async () => {
    await using t = await openTestOps();
    const file = inventFile("registered");
    const { uuid, externalId, companyId } = file;
    const { json } = await t.operator("POST", "/api/client-files", { companyId, fileUuid: uuid, externalId });
    await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(file)));
    const { items } = (await t.viewer("GET", `/api/client-files?fileNumber=${file.number}`)).json;
    expect(items).toMatchObject([{ id: json.id, fileUuid: uuid, state: "RETRY_REQUESTED", flags: [] }]);
  });

  test("tells subscribers, because it is the first word of a file", async () => {
    await using t = await openTestOps();
    await t.operator("POST", "/api/subscribers", { name: "bank", url: "https://bank.example/hooks" });
    await t.operator("POST", "/api/client-files", { companyId: 7, fileUuid: "u-1", externalId: null });
    expect((await t.viewer("GET", "/api/notifications")).json.items).toMatchObject([{ type: "client_file.received" }]);
    const { waiting, delayed } = await t.producer.counts("NOTIFICATION");
    expect(waiting + delayed).toBe(1); // the clock of the test may be ahead
  });

  test.each([
    ["a fraction", { companyId: 1.5, fileUuid: "u", externalId: "e" }, ["companyId"]],
    ["an integer that JSON has rounded", { companyId: 2 ** 53, fileUuid: "u", externalId: "e" }, ["companyId"]],
    ["a boolean", { companyId: true, fileUuid: "u", externalId: "e" }, ["companyId"]],
    ["nothing", {}, ["companyId", "fileUuid"]],
    ["a control character", { companyId: 1, fileUuid: "hunter2\u0000", externalId: "e" }, ["fileUuid"]],
    ["a lone surrogate", { companyId: 1, fileUuid: "u", externalId: "hunter2\ud800" }, ["externalId"]],
    ["an unknown field", { companyId: 1, fileUuid: "u", externalId: "e", hunter2: "x" }, [""]],
    ["a list", [], [""]],
  ])("refuses %s by path", async (_what, body, paths) => {
    const t = shared;
    const { status, json, text } = await t.operator("POST", "/api/client-files", body);
    expect(status).toBe(400);
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(text).not.toContain("hunter2");
  });

  test.each([
    ["not JSON", "application/json", '{"companyId": hunter2', 400, "BODY_NOT_JSON"],
    ["a prototype key", "application/json", '{"__proto__": {"hunter2": 1}}', 400, "BODY_NOT_JSON"],
    ["a form", "application/x-www-form-urlencoded", "companyId=hunter2", 415, "MEDIA_TYPE_UNKNOWN"],
    ["plain text", "text/plain", "hunter2", 415, "MEDIA_TYPE_UNKNOWN"],
    ["too much", "application/json", JSON.stringify("hunter2".repeat(100_000)), 413, "BODY_TOO_LARGE"],
  ])("refuses %s without repeating it", async (_what, contentType, payload, status, code) => {
    const t = shared;
    const { authorization } = { authorization: `Basic ${Buffer.from("ada:operator-password").toString("base64")}` };
    const headers = { authorization, "content-type": contentType };
    const answer = await t.app.inject({ method: "POST", url: "/api/client-files", headers, payload });
    expect(answer.json()).toEqual(problem(status, code));
    expect(answer.body).not.toContain("hunter2");
  });
});

describe("refolding a file", () => {
  test("moves it under the status map in force, says how, and is audited with its reason", async () => {
    await using t = await openTestOps();
    for (const { bytes } of fixturesOfCase(5)) await t.deliver(bytes);
    const { items } = (await t.viewer("GET", "/api/client-files?companyId=123&state=REJECTED")).json;
    const { entries } = (await t.viewer("GET", "/api/status-map")).json;
    const { REJETER: _1, REJETE: _2, REFUSER: _3, ...others } = entries;
    await t.operator("PUT", "/api/status-map", { entries: others, reason: "try without refusals" });

    const refolded = await t.operator("POST", `/api/client-files/${items[0].id}/refold`, { reason: "map changed" });
    expect(refolded.json).toMatchObject({
      clientFileId: items[0].id,
      changed: true,
      state: { before: "REJECTED", after: "AWAITING_DECISION" },
      flags: { after: expect.arrayContaining(["unknown-status"]) },
    });
    const [entry] = (await t.operator("GET", "/api/audit?limit=1")).json.items;
    expect(entry).toMatchObject({
      actor: "ada",
      action: "client-file.refold",
      target: items[0].id,
      reason: "map changed",
    });
  });

  test("changes nothing when nothing changed, and asks why all the same", async () => {
    await using t = await openTestOps();
    await t.deliver(documentedFixtures()[0]?.bytes ?? Buffer.of());
    const [file] = (await t.viewer("GET", "/api/client-files")).json.items;
    expect((await t.operator("POST", `/api/client-files/${file.id}/refold`)).status).toBe(400);
    const { status, json } = await t.operator("POST", `/api/client-files/${file.id}/refold`, { reason: "to see" });
    expect({ status, json }).toMatchObject({ status: 200, json: { changed: false, version: file.version } });
  });

  test("knows no other files", async () => {
    await using t = await openTestOps();
    const refolded = await t.operator("POST", `/api/client-files/${UNKNOWN}/refold`, { reason: "to see" });
    expect(refolded.json).toEqual(problem(404, "NOT_FOUND"));
    expect((await t.operator("GET", "/api/audit")).json.items).toEqual([]);
  });
});
