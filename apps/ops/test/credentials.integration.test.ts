import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const DAY_MS = 24 * 3_600_000;
const UNKNOWN = "0199b2c4-0000-7000-8000-000000000000";
const ours = inventFile("ours", { companyId: 123 });
const theirs = inventFile("theirs", { companyId: 456 });

describe("machine credentials", () => {
  const clock = { now: NOW };
  let t: TestOps;
  const fileIds: Record<string, string> = {};
  beforeAll(async () => {
    t = await openTestOps({ now: () => clock.now });
    for (const file of [ours, theirs]) {
      await t.deliver(bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file)));
      await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(file, { verificationType: "PEP_CHECK" })));
      await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(file, { verificationType: "FACE_MATCH" })));
      await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(file)));
    }
    for (const { id, companyId } of (await t.viewer("GET", "/api/client-files?limit=10")).json.items)
      fileIds[companyId] ??= id;
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  const make = async (chosen: object = {}) => {
    const usual = { name: "core banking", companyIds: [123], scopes: ["state:read"], reason: "go-live" };
    const { status, json } = await t.operator("POST", "/api/credentials", { ...usual, ...chosen });
    expect({ status, json }).toMatchObject({ status: 201 });
    return { ...json, call: t.as({ authorization: `Bearer ${json.secret}` }) };
  };

  test("are made with a secret that is shown this once, and audited with who, what and why", async () => {
    const { id, secret } = await make({ scopes: ["state:read", "personal-data:read"] });
    expect(secret).toMatch(/^rcv_[0-9a-f]{32}_[\w-]{43}$/);
    const { json, text } = await t.operator("GET", "/api/credentials");
    expect(json.items[0]).toEqual({
      id,
      name: "core banking",
      companyIds: ["123"],
      scopes: ["state:read", "personal-data:read"],
      createdAt: NOW.toISOString(),
      createdBy: "ada",
      lastUsedAt: null,
      expiresAt: new Date(NOW.getTime() + 365 * DAY_MS).toISOString(),
      revokedAt: null,
    });
    const audit = await t.operator("GET", `/api/audit?target=${id}`);
    expect(audit.json.items).toMatchObject([
      { actor: "ada", action: "credential.create", reason: "go-live", detail: { companyIds: ["123"] } },
    ]);
    for (const shown of [text, audit.text, t.lines.join()]) expect(shown).not.toContain(secret.slice(-43));
  });

  test.each([
    ["no reason", { reason: undefined }, "reason"],
    ["no company", { companyIds: [] }, "companyIds"],
    ["a scope that there is none of", { scopes: ["everything"] }, "scopes.0"],
    ["compliance:read alone, which lets in nowhere", { scopes: ["compliance:read"] }, "scopes"],
    ["an end that has passed", { expiresAt: "2026-11-22T11:59:59Z" }, "expiresAt"],
    ["an end that nobody will see", { expiresAt: "2029-01-01" }, "expiresAt"],
  ])("are refused with %s", async (_what, chosen, path) => {
    const usual = { name: "n", companyIds: [123], scopes: ["state:read"], reason: "r" };
    const { status, json } = await t.operator("POST", "/api/credentials", { ...usual, ...chosen });
    expect({ status, errors: json.errors }).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test("with state:read see their companies' files, and of others not even that they exist", async () => {
    const { call } = await make();
    const companies = async (query: string) =>
      (await call("GET", `/api/client-files${query}`)).json.items.map(
        ({ companyId }: { companyId: string }) => companyId,
      );
    expect(new Set(await companies(""))).toEqual(new Set(["123"]));
    expect(await companies("?companyId=456")).toEqual([]);
    expect((await call("GET", `/api/client-files/${fileIds[123]}`)).json).toMatchObject({ id: fileIds[123] });
    const foreign = await call("GET", `/api/client-files/${fileIds[456]}`);
    const unknown = await call("GET", `/api/client-files/${UNKNOWN}`);
    expect(foreign).toMatchObject({ status: 404, text: unknown.text });
  });

  test("without compliance:read see nothing of PEP, sanction and media checks, also not by a filter", async () => {
    const seenBy = async (scopes: string[]) => {
      const { call } = await make({ scopes });
      const { json } = await call("GET", `/api/client-files/${fileIds[123]}`);
      const found = await call("GET", "/api/client-files?flag=escalated&limit=1");
      const checks = (list: { verification: string }[]) => [...new Set(list.map(({ verification }) => verification))];
      return {
        retries: checks(json.retries),
        followUps: checks(json.followUps).includes("PEP"),
        flags: json.flags,
        found: found.json,
      };
    };
    const all = await seenBy(["state:read", "compliance:read"]);
    expect(all).toMatchObject({ retries: ["FACE_MATCH", "PEP"], found: { items: [{ id: fileIds[123] }] } });
    expect(all.flags).toContain("escalated");
    const some = await seenBy(["state:read"]);
    expect(some).toMatchObject({ retries: ["FACE_MATCH"], followUps: false });
    expect(some.flags).not.toContain("escalated");
    expect(some.found).toEqual(problem(403, "OUT_OF_SCOPE")); // not a page: its length, or its cursor, would tell of them
  });

  test("with personal-data:read get a file's content with its deliveries, and the audit says who", async () => {
    const { id, call } = await make({ name: "archive", scopes: ["personal-data:read"] });
    const { status, json, headers } = await call("GET", `/api/client-files/${fileIds[123]}/personal-data`);
    expect({ status, cache: headers["cache-control"] }).toEqual({ status: 200, cache: "no-store" });
    expect(json).toMatchObject({ clientFileId: fileIds[123], companyId: "123" });
    expect(json.deliveries).toHaveLength(4);
    expect(json.deliveries.every(({ available }: { available: boolean }) => available)).toBe(true);
    const analysed = json.documents.find(({ space }: { space: string }) => space === "analysis");
    expect(Object.keys(analysed.content.ocrExtractedData).length).toBeGreaterThan(0);
    expect(json.deliveries.map((delivery: { id: string }) => delivery.id)).toContain(analysed.content.from.deliveryId);
    const [entry] = (await t.operator("GET", "/api/audit?action=client-file.personal-data")).json.items;
    expect(entry).toMatchObject({
      actor: "credential:archive",
      target: fileIds[123],
      detail: { credentialId: id, sees: "no-compliance", deliveries: 4 },
    });
    const foreign = await call("GET", `/api/client-files/${fileIds[456]}/personal-data`);
    expect(foreign.json).toEqual(problem(404, "NOT_FOUND"));
    expect((await call("GET", "/api/client-files")).json).toEqual(problem(403, "OUT_OF_SCOPE"));
  });

  test("let an operator see the same, who must say why, and no viewer", async () => {
    const url = `/api/client-files/${fileIds[123]}/personal-data`;
    expect((await t.operator("GET", url)).json).toEqual(problem(403, "MACHINES_ONLY"));
    expect((await t.operator("POST", url)).status).toBe(400);
    expect((await t.viewer("POST", url, { reason: "curious" })).status).toBe(403);
    const { status, json } = await t.operator("POST", url, { reason: "the customer asks what we hold" });
    expect(status).toBe(200);
    const types = json.documents.flatMap(({ verificationResults }: { verificationResults: { type: string }[] }) =>
      verificationResults.map(({ type }) => type),
    );
    expect(types).toEqual(expect.arrayContaining(["PEP", "FACE_MATCH"]));
    const [entry] = (await t.operator("GET", "/api/audit?action=client-file.personal-data&actor=ada")).json.items;
    expect(entry).toMatchObject({ reason: "the customer asks what we hold", detail: { sees: "everything" } });
  });

  test("end when they are revoked or have run out, at once and for good", async () => {
    const { id, call } = await make();
    const shortLived = await make({ expiresAt: new Date(NOW.getTime() + DAY_MS).toISOString() });
    expect((await call("GET", "/api/client-files")).status).toBe(200);
    expect((await t.operator("DELETE", `/api/credentials/${id}`)).status).toBe(400);
    const reason = { reason: "the system is gone" };
    expect((await t.operator("DELETE", `/api/credentials/${id}`, reason)).status).toBe(204);
    expect((await t.operator("DELETE", `/api/credentials/${id}`, reason)).json).toEqual(problem(404, "NOT_FOUND"));
    expect((await call("GET", "/api/client-files")).json).toEqual(problem(401, "UNAUTHENTICATED"));

    clock.now = new Date(NOW.getTime() + DAY_MS);
    expect((await shortLived.call("GET", "/api/client-files")).status).toBe(401);
    clock.now = NOW;
    const listed = (await t.operator("GET", "/api/credentials")).json.items;
    expect(listed.find((one: { id: string }) => one.id === id)).toMatchObject({
      lastUsedAt: NOW.toISOString(),
      revokedAt: NOW.toISOString(),
    });
  });

  test.each([
    ["another secret", (secret: string) => secret.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
    ["another id", (secret: string) => secret.replace(/^rcv_./, (start) => (start === "rcv_0" ? "rcv_1" : "rcv_0"))],
    ["a NUL", (secret: string) => secret.replace(/.$/, "%00")],
    ["nothing behind the prefix", () => "rcv_"],
  ])("with %s let nobody in", async (_what, forge) => {
    const { secret } = await make();
    const call = t.as({ authorization: `Bearer ${forge(secret)}` });
    expect((await call("GET", "/api/client-files")).json).toEqual(problem(401, "UNAUTHENTICATED"));
  });
});
