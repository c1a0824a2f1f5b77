import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { basic, NOW, openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const UNKNOWN = "0199b2c4-0000-7000-8000-000000000000";
const reason = "request of 12 March";

let t: TestOps;
beforeAll(async () => {
  t = await openTestOps();
});
afterAll(async () => t[Symbol.asyncDispose]());

async function fileOf(seed: string) {
  const file = inventFile(seed);
  const delivery = await t.deliver(bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file)));
  const { items } = (await t.viewer("GET", `/api/client-files?fileUuid=${file.uuid}`)).json;
  return { id: items[0].id as string, externalId: file.externalId, delivery, url: `/api/client-files/${items[0].id}` };
}

const auditOf = async () => (await t.operator("GET", "/api/audit?limit=1")).json.items[0];

describe("erasing by the API", () => {
  test("wants the file named once more, erases it once, and leaves its state", async () => {
    const { id, externalId, delivery, url } = await fileOf("erased");
    const refused = await t.operator("POST", `${url}/erase`, { reason, confirm: "EXT-another" });
    expect(refused.json).toMatchObject({ code: "INVALID_INPUT", errors: [{ path: "confirm" }] });

    const { status, json } = await t.operator("POST", `${url}/erase`, { reason, confirm: externalId });
    expect([status, json]).toEqual([200, { clientFileId: id, erased: true, bodies: 1, othersKept: [] }]);
    expect(await auditOf()).toMatchObject({ actor: "ada", action: "client-file.erase", target: id, reason });
    const again = await t.operator("POST", `${url}/erase`, { reason, confirm: id });
    expect(again.json).toEqual({ clientFileId: id, erased: false, bodies: 0, othersKept: [] });

    const retention = { erased: { at: NOW.toISOString(), by: "ada" }, contentKept: false };
    expect((await t.viewer("GET", url)).json).toMatchObject({ state: "RECEIVED", retention });
    expect((await t.viewer("GET", `/api/deliveries/${delivery}`)).json).toMatchObject({
      erased: true,
      sizeBytes: null,
    });
    const reveal = await t.operator("POST", `/api/deliveries/${delivery}/reveal`, { reason });
    expect(reveal.json).toEqual(problem(410, "BODY_ERASED"));
    const replay = await t.operator("POST", `/api/deliveries/${delivery}/replay`, { reason });
    expect(replay.json).toMatchObject({ deliveryIds: [], failing: [{ deliveryId: delivery, code: "BODY_ERASED" }] });
  });

  test("is refused under a legal hold, which names the file, until that is lifted", async () => {
    const { id, url } = await fileOf("held");
    const held = await t.operator("POST", `${url}/legal-hold`, { reason: "case 12" });
    const holds = [{ clientFileId: id, since: NOW.toISOString(), by: "ada", reason: "case 12" }];
    expect([held.status, held.json.holds]).toEqual([200, holds]);
    const seenBy = async (who: "operator" | "viewer") => (await t[who]("GET", url)).json.retention.holds;
    expect(await seenBy("operator")).toEqual(holds);
    expect(await seenBy("viewer")).toEqual([{ ...holds[0], reason: null }]); // a reason may tell of a suspicion
    const refused = await t.operator("POST", `${url}/erase`, { reason, confirm: id });
    expect(refused.json).toEqual(problem(409, "LEGAL_HOLD"));
    expect(refused.json.detail).toContain(id);
    expect(refused.text).not.toContain("case 12");
    expect((await t.operator("DELETE", `${url}/legal-hold`, { reason })).json.holds).toEqual([]);
    expect((await t.operator("POST", `${url}/erase`, { reason, confirm: id })).json).toMatchObject({ erased: true });
  });

  test("takes a closing date and takes it back, each with its reason in the audit", async () => {
    const { id, url } = await fileOf("closed");
    const closed = await t.operator("PUT", `${url}/relationship`, { closedAt: "2026-01-31", reason });
    expect(closed.json).toMatchObject({ relationshipClosedAt: "2026-01-31T00:00:00.000Z" });
    expect(await auditOf()).toMatchObject({
      action: "client-file.relationship",
      target: id,
      reason: `closed 2026-01-31T00:00:00.000Z: ${reason}`,
    });
    const reopened = await t.operator("PUT", `${url}/relationship`, { closedAt: null, reason });
    expect(reopened.json).toMatchObject({ relationshipClosedAt: null });
  });

  test("takes the body of a quarantined delivery, and no other's", async () => {
    const id = "0".repeat(40);
    const { delivery } = await fileOf("its evidence");
    const body = Buffer.from(JSON.stringify({ messageType: "OF_TOMORROW", companyId: 1 }));
    await t.receive(body);
    const { items } = (await t.viewer("GET", "/api/deliveries?status=quarantined")).json;
    const erase = (of: string) => t.operator("POST", `/api/deliveries/${of}/erase`, { reason });
    expect((await erase(items[0].id)).json).toEqual({ id: items[0].id, erased: true });
    expect((await erase(items[0].id)).json).toEqual({ id: items[0].id, erased: false });
    expect((await erase(delivery)).json).toEqual(problem(409, "BELONGS_TO_FILE"));
    expect((await erase(id)).json).toEqual(problem(404, "NOT_FOUND"));
  });

  test.each([
    ["POST", "erase", { reason, confirm: UNKNOWN }],
    ["POST", "legal-hold", { reason }],
    ["DELETE", "legal-hold", { reason }],
    ["PUT", "relationship", { reason, closedAt: null }],
  ] as const)("%s %s knows no other files, wants a reason, and is an operator's", async (method, action, body) => {
    const url = `/api/client-files/${UNKNOWN}/${action}`;
    expect((await t.operator(method, url, body)).json).toEqual(problem(404, "NOT_FOUND"));
    const { reason: _, ...unreasoned } = body;
    expect((await t.operator(method, url, unreasoned)).status).toBe(400);
    expect((await t.viewer(method, url, body)).json).toEqual(problem(403, "OPERATORS_ONLY"));
  });
});

describe("a file's page", () => {
  const page = async (url: string, name: "ada" | "vic") => {
    const password = name === "ada" ? "operator-password" : "viewer-password";
    const headers = { accept: "text/html", authorization: basic(name, password) };
    return (await t.app.inject({ url, headers })).body;
  };
  const send = (url: string, form: Record<string, string>) =>
    t.app.inject({
      method: "POST",
      url,
      headers: {
        accept: "text/html",
        authorization: basic("ada", "operator-password"),
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: new URLSearchParams(form).toString(),
    });

  test("shows what is kept to all but not why, and lets operators hold, close and erase by forms", async () => {
    const { id } = await fileOf("by forms");
    const url = `/client-files/${id}`;
    expect(await page(url, "vic")).not.toContain('<form class="filter find"');
    expect(await page(url, "ada")).toContain(`action="${url}/erase"`);

    expect((await send(`${url}/legal-hold`, { reason: "case <12>", to: "hold" })).headers.location).toBe(url);
    expect(await page(url, "ada")).toContain("case &#60;12&#62;");
    const heldPage = await page(url, "vic");
    expect(heldPage).toContain('<span class="flag">held</span>');
    expect(heldPage).not.toContain("case &#60;");
    expect((await send(`${url}/erase`, { reason, confirm: id })).statusCode).toBe(409);
    await send(`${url}/legal-hold`, { reason, to: "lift" });
    await send(`${url}/relationship`, { reason, closedAt: "2026-01-31" });
    expect((await send(`${url}/erase`, { reason, confirm: "" })).statusCode).toBe(400);
    expect((await send(`${url}/erase`, { reason, confirm: id })).statusCode).toBe(303);
    const html = await page(url, "vic");
    for (const word of ["erased", "closed"]) expect(html).toContain(`<span class="flag">${word}</span>`);
    expect(html).not.toContain('<span class="flag">held</span>');
  });
});
