import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { basic, openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const HOSTILE = `"><script>alert('hunter2')</script>`;
const reason = "called them";

let t: TestOps;
beforeAll(async () => {
  t = await openTestOps();
});
afterAll(async () => t[Symbol.asyncDispose]());

const find = async (query: string) => (await t.viewer("GET", `/api/client-files?${query}`)).json.items[0];

/** Two decisions of one second that exclude each other. */
async function contradicted(seed: string) {
  const file = inventFile(seed);
  await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { externalId: null } })));
  await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(file)));
  const refusal = danaya.CLIENT_FILE_STATUS_CHANGED(file, { webhookId: "other", payload: { status: "REJETER" } });
  await t.deliver(bytesOf(refusal));
  const { id, version } = await find(`fileNumber=${file.number}`);
  return { id, version, file, url: `/api/client-files/${id}`, page: `/client-files/${id}` };
}

describe("acts of operators by the API", () => {
  test("decide on the version that was seen, as a dry run first, and stand in the file's story", async () => {
    const { url, version, id } = await contradicted("by the API");
    const body = { state: "REJECTED", version, reason };
    const foretold = await t.operator("POST", `${url}/decide`, { ...body, dryRun: true });
    expect([foretold.status, foretold.json.changes]).toMatchObject([200, [{ state: { after: "REJECTED" } }]]);
    expect((await t.viewer("GET", url)).json).toMatchObject({ version, state: "RETRY_REQUESTED", acts: [] });

    const { status, json } = await t.operator("POST", `${url}/decide`, body);
    expect([status, json]).toMatchObject([200, { dryRun: false, clientFileId: id, repeated: false }]);
    expect(json.changes).toEqual(foretold.json.changes);
    const acts = [{ kind: "decide", decision: "REJECTED", by: "ada", reason, withdrawnBy: null }];
    expect((await t.operator("GET", url)).json).toMatchObject({ state: "REJECTED", acts });
    expect((await t.viewer("GET", url)).json.acts).toMatchObject([{ by: "ada", reason: null }]);
    expect((await t.operator("POST", `${url}/decide`, { ...body, state: "APPROVED" })).json).toEqual(
      problem(409, "FILE_CHANGED"),
    );

    const withdrawal = { eventId: json.eventId, version: version + 1, reason };
    expect((await t.operator("POST", `${url}/withdraw`, withdrawal)).status).toBe(200);
    const again = await t.operator("POST", `${url}/withdraw`, { ...withdrawal, version: version + 2, reason: "twice" });
    expect(again.json).toEqual(problem(409, "ALREADY_WITHDRAWN"));
  });

  test("tell both stories of a contradiction, and nothing personal", async () => {
    const { url } = await contradicted("told");
    const { status, json, text } = await t.viewer("GET", `${url}/conflict`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      flagged: true,
      ties: [],
      sides: [{ space: "number", story: { state: "RETRY_REQUESTED" } }],
    });
    const claims = json.claims.map(({ state, standing }: { state: string; standing: string }) => [state, standing]);
    expect(claims).toEqual([
      ["REJECTED", "contradicted"],
      ["APPROVED", "contradicted"],
    ]);
    expect(text).not.toMatch(/ocr|expiry_|Lagune/i);
  });

  test("link an upload and a number, and part them again", async () => {
    const file = inventFile("linked");
    await t.deliver(bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file)));
    await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(file)));
    const { id, version } = await find(`fileNumber=${file.number}`);
    const linked = await t.operator("POST", `/api/client-files/${id}/link`, { fileUuid: file.uuid, version, reason });
    expect(linked.json.files).toContainEqual(expect.objectContaining({ fileUuid: file.uuid, mergedInto: null }));
    const whole = await find(`fileUuid=${file.uuid}`);
    const body = { version: whole.version, reason };
    expect((await t.operator("POST", `/api/client-files/${whole.id}/unlink`, body)).status).toBe(200);
    expect((await find(`fileUuid=${file.uuid}`)).fileNumber).toBeNull();
  });

  test.each([
    ["a state that nobody decides", "decide", { state: "IN_ANALYSIS", version: 1, reason }, "state"],
    ["a decision without a reason", "decide", { state: "APPROVED", version: 1 }, "reason"],
    ["an act on no version", "abandon", { reason }, "version"],
    ["a link with two ids", "link", { fileUuid: "a", fileNumber: "1", version: 1, reason }, ""],
    ["a link with none", "link", { version: 1, reason }, ""],
    ["an event that is no act's", "withdraw", { eventId: "registration-1", version: 1, reason }, "eventId"],
  ])("refuse %s", async (_what, act, body, path) => {
    const { json } = await t.operator("POST", `/api/client-files/0199b2c4-0000-7000-8000-000000000000/${act}`, body);
    expect(json).toMatchObject({ status: 400, errors: [{ path }] });
  });

  test("are for operators: a viewer is refused, and so is a machine with every scope", async () => {
    const { url, version } = await contradicted("not theirs");
    const chosen = { name: "core", companyIds: ["123"], scopes: ["state:read", "compliance:read"], reason };
    const { secret } = (await t.operator("POST", "/api/credentials", chosen)).json;
    const machine = t.as({ authorization: `Bearer ${secret}` });
    const body = { state: "APPROVED", version, reason };
    expect((await t.viewer("POST", `${url}/decide`, body)).json).toEqual(problem(403, "OPERATORS_ONLY"));
    expect((await machine("POST", `${url}/decide`, body)).json).toEqual(problem(403, "OUT_OF_SCOPE"));
    expect((await machine("GET", `${url}/conflict`)).json).toEqual(problem(403, "OUT_OF_SCOPE"));
    expect((await machine("GET", url)).json.acts).toEqual([]);
  });
});

describe("the pages for acts of operators", () => {
  const asked = { accept: "text/html", "content-type": "application/x-www-form-urlencoded" };
  const people = { ada: basic("ada", "operator-password"), vic: basic("vic", "viewer-password") };
  const load = async (name: keyof typeof people, url: string, form?: Record<string, string>) => {
    const headers = { ...asked, authorization: people[name] };
    const payload = form && { method: "POST" as const, payload: new URLSearchParams(form).toString() };
    const response = await t.app.inject({ method: "GET", url, headers, ...payload });
    return { status: response.statusCode, html: response.body };
  };

  test("show an act as it would be, do it by the second form alone, and tell it in the file's story", async () => {
    const { page, url, version } = await contradicted("by the pages");
    const form = { state: "REJECTED", version: String(version), reason: HOSTILE };
    const preview = await load("ada", `${page}/decide`, form);
    expect(preview.status).toBe(200);
    expect(preview.html).toContain('data-state="REJECTED"');
    expect(preview.html).toContain('name="sure" value="yes"');
    expect((await t.viewer("GET", url)).json).toMatchObject({ version, acts: [] });

    expect((await load("ada", `${page}/decide`, { ...form, sure: "yes" })).status).toBe(303);
    const told = await load("ada", page);
    expect(told.html).toMatch(/<strong>ada<\/strong> decided <span class="state" data-state="REJECTED">/);
    expect(told.html).toContain("decided by ada");
    for (const { html } of [preview, told]) {
      expect(html).toContain("&#60;script&#62;");
      expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i);
    }
    const stale = await load("ada", `${page}/decide`, { ...form, state: "APPROVED", sure: "yes" });
    expect(stale).toMatchObject({ status: 409, html: expect.stringContaining("look at it again") });
  });

  test("put both stories side by side, with what each choice would do for operators alone", async () => {
    const { page, file } = await contradicted("side by side");
    const operator = await load("ada", `${page}/conflict`);
    expect(operator.html.match(/contradicted in its second/g)).toHaveLength(2);
    expect(operator.html.match(/If you decide so/g)).toHaveLength(2);
    expect(operator.html).toContain(`<strong>File ${file.number}</strong>`);
    const viewer = await load("vic", `${page}/conflict`);
    expect(viewer.html).toContain("contradicted in its second");
    expect(viewer.html).not.toMatch(/If you decide so|<form[^>]*decide/);
    expect((await load("vic", page)).html).not.toContain("Decide, link, part");
    expect((await load("vic", `${page}/decide`, { state: "APPROVED" })).status).toBe(403);
  });
});
