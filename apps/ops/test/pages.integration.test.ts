import { bytesOf, danaya, fixture, fixturesOfCase, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, openTestOps, type TestOps } from "./open-test-ops.ts";

const HOSTILE = `"><script>alert('hunter2')</script><img src=x onerror=alert(1)>\`&amp;`;
const HTML = { accept: "text/html", authorization: `Basic ${Buffer.from("vic:viewer-password").toString("base64")}` };

describe("the explorer", () => {
  let t: TestOps;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    t = await openTestOps();
    await t.operator("POST", "/api/subscribers", { name: HOSTILE.slice(0, 50), url: "https://bank.example/hooks" });
    for (const { bytes } of [...fixturesOfCase(1), ...fixturesOfCase(2), ...fixturesOfCase(5)]) await t.deliver(bytes);
    await t.receive(fixture("14-proto-pollution").bytes);
    const hostile = inventFile("hostile", {
      externalId: HOSTILE,
      uuid: `g2${HOSTILE}`,
      documents: [{ uploadId: HOSTILE, number: 7, type: HOSTILE }],
    });
    await t.deliver(bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(hostile)));
    await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(hostile, { verificationType: HOSTILE })));
    for (const { id, fileNumber } of (await t.viewer("GET", "/api/client-files")).json.items)
      ids[fileNumber ?? "none"] = id;
    ids.hostile = ids[String(hostile.number)] ?? "";
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  const page = async (url: string) => {
    const response = await t.app.inject({ url, headers: HTML });
    return { status: response.statusCode, type: response.headers["content-type"], html: response.body };
  };

  test("lists the files with their states and links to each", async () => {
    const { status, type, html } = await page("/");
    expect(status).toBe(200);
    expect(type).toBe("text/html; charset=utf-8");
    for (const id of Object.values(ids)) expect(html).toContain(`href="/client-files/${id}"`);
    expect(html).toContain('data-state="APPROVED"');
    expect(html).toContain("escalated");
  });

  test("works without a script and loads only its own stylesheet and icon", async () => {
    for (const url of ["/", `/client-files/${ids["45614"]}`, "/deliveries", "/login", "/nowhere"]) {
      const { html } = await page(url);
      expect(html, url).not.toMatch(/<script|<style|\son\w+=|\sstyle=|javascript:/i);
      const loaded = [...html.matchAll(/<link[^>]+href="([^"]+)"/g)].map(([, href]) => href ?? "");
      for (const href of loaded) {
        const asset = await t.app.inject({ url: href });
        expect(asset.statusCode, href).toBe(200);
        expect(asset.headers["cache-control"]).toContain("immutable");
      }
    }
  });

  test("shows operators the audit, escaped and filtered, and viewers neither it nor a way to it", async () => {
    await t.operator("POST", "/api/queues/NOTIFICATION/pause", { reason: HOSTILE });
    const { text, status } = await t.operator("GET", "/audit?action=queue.pause");
    expect(status).toBe(200);
    expect(text).toContain("&#60;script&#62;");
    expect(text).not.toMatch(/<script|subscriber\.create/);
    expect((await t.operator("GET", "/audit?from=yesterday")).status).toBe(400);
    expect((await page("/audit")).status).toBe(403);
    expect((await page("/")).html).not.toContain('href="/audit"');
    expect((await t.operator("GET", "/")).text).toContain('href="/audit"');
  });

  test.each([
    ["state=REJECTED", ["45607", "45635"]],
    ["fileNumber=45614&flag=&state=", ["45614"]],
    ["externalId=KYB-2026-0031", ["45635"]],
    ["flag=escalated", ["45614"]],
  ])("filters by its form, whose empty fields count as left out: %s", async (query, numbers) => {
    const { html } = await page(`/?${query}`);
    const shown = [...html.matchAll(/href="\/client-files\/([^"]+)"/g)].map(([, id]) => id);
    expect(shown.sort()).toEqual(numbers.map((number) => ids[number]).sort());
  });

  test("pages forward and back to the first, keeping the filter", async () => {
    const first = await page("/?companyId=123&limit=2");
    const next =
      /href="([^"]+)" rel="next"/.exec(first.html)?.[1]?.replaceAll("&#38;", "&").replaceAll("&#61;", "=") ?? "";
    expect(next).toMatch(/companyId=123.*limit=2.*cursor=/);
    const second = await page(next);
    expect(second.html).toContain("First page");
    const idsOn = ({ html }: { html: string }) =>
      [...html.matchAll(/href="\/client-files\/([^"]+)"/g)].map(([, id]) => id);
    expect(idsOn(first).filter((id) => idsOn(second).includes(id))).toEqual([]);
  });

  test("says which field of a filter breaks which rule, with what was typed still in the form but nowhere else", async () => {
    const { status, html } = await page(`/?state=GONE&companyId=${encodeURIComponent(HOSTILE)}`);
    expect(status).toBe(400);
    expect(html).toContain("must be one of RECEIVED");
    expect(html).not.toContain("<script");
  });

  test("shows a file's way: steps with cause and times, retries, documents, deliveries, notifications, what was learned", async () => {
    const { html } = await page(`/client-files/${ids["45614"]}`);
    const details = (await t.viewer("GET", `/api/client-files/${ids["45614"]}`)).json;
    for (const { cause, occurredAt } of details.transitions) {
      expect(html).toContain(`href="/deliveries/${cause}"`);
      expect(html).toContain(`datetime="${occurredAt}"`);
    }
    for (const { id } of details.notifications) expect(html).toContain(id);
    expect(html).toContain("FACE_MATCH");
    expect(html).toContain("0.55, 0.72, 0.74");
    expect(html).toContain("A check was tried too often");
    expect(html).toContain(
      "The way of this file: Received, then Retry requested, then Awaiting decision, then Approved. Now: Approved.",
    );
  });

  test("shows what a resubmission carried over and what comes next, with a way to the file that it supersedes", async () => {
    const later = { externalId: HOSTILE, openedAt: "2026-01-01T00:00:00Z" };
    const again = inventFile("again", { ...later, documents: [{ uploadId: "8", number: 8, type: HOSTILE }] });
    await t.deliver(bytesOf(danaya.RETRY_DOCUMENT_VERIFICATION(again, { verificationType: HOSTILE, attempt: 2 })));
    const { json } = await t.viewer("GET", `/api/client-files?fileNumber=${again.number}`);
    const details = (await t.viewer("GET", `/api/client-files/${json.items[0].id}`)).json;
    expect(details).toMatchObject({
      supersedes: expect.arrayContaining([ids.hostile]),
      supersededBy: [],
      retries: [
        {
          ...{ attempts: 3, carried: 1, nextAction: { kind: "ask", dueAt: details.followUps[0].dueAt } },
          confidenceHistory: [{ at: "2026-01-01T00:10:00.000Z", value: 0.72 }],
        },
      ],
    });
    const { html } = await page(`/client-files/${details.id}`);
    expect(html).toContain("1 carried over");
    expect(html).toContain(`href="/client-files/${ids.hostile}"`);
    expect(html).toContain(`ask <time datetime="${details.retries[0].nextAction.dueAt}">`);
    expect((await page(`/client-files/${ids.hostile}`)).html).toContain("Superseded by");
  });

  test("marks a decision that was reversed", async () => {
    const { html } = await page(`/client-files/${ids["45607"]}`);
    expect(html).toContain("reverses a decision");
    expect(html).toMatch(/class="travelled" data-reversal="true"/);
  });

  test("escapes what the provider sent, wherever it stands", async () => {
    for (const url of ["/", `/client-files/${ids.hostile}`, `/?externalId=${encodeURIComponent(HOSTILE)}`]) {
      const { status, html } = await page(url);
      expect(status).toBe(200);
      expect(html).toContain("hunter2");
      expect(html).not.toMatch(/<script|<img/i);
      expect(html).not.toContain(HOSTILE);
    }
  });

  test("lists what could not be applied with the rules that it broke, quarantined ones first", async () => {
    const { html } = await page("/deliveries");
    expect(html).toContain("payload.__proto__");
    expect(html).toContain("must not be used as a key");
    expect((await page("/deliveries?status=failed")).html).toContain("No delivery has failed.");
    expect((await page("/deliveries?status=all&companyId=123")).html).toContain("CLIENT_<wbr>FILE_<wbr>");
    expect((await page("/deliveries?status=hunter2")).status).toBe(400);
  });

  test("marks a delivery that is dated oddly, in the list and on its own page, and no other", async () => {
    const badge = (dated: string) => new RegExp(`<span class="flag" title="Dated [^"]*">dated: ${dated}</span>`);
    const change = (timestamp: string) =>
      t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`dated ${timestamp}`), { timestamp })));
    for (const [dated, timestamp] of [
      ["future", "2099-01-01T00:00:00Z"],
      ["long-ago", "2020-01-01T00:00:00Z"],
    ] as const) {
      const id = await change(timestamp);
      for (const url of [`/deliveries/${id}`, `/deliveries?status=applied&q=${id}`])
        expect((await page(url)).html).toMatch(badge(dated));
    }
    const usual = await change("2026-11-22T11:59:00Z");
    expect((await page(`/deliveries/${usual}`)).html).not.toMatch(badge(".*"));
  });

  test("tells what a failed delivery's code means and where it failed", async () => {
    const body = bytesOf(danaya.ANALYSIS_RESULT(inventFile("failing")));
    await t.receive(body);
    const [{ id }] = (await t.viewer("GET", "/api/deliveries?status=pending")).json.items;
    await t.ledger.recordDeliveryFailure(id, { code: "INTERNAL", frames: ["packages/x.ts:1:2"], epoch: 0, now: NOW });
    expect((await page("/deliveries?status=failed")).html).toContain("Something unforeseen");
    expect((await page(`/deliveries/${id}`)).html).toContain("packages/x.ts:1:2");
  });

  test.each(["/client-files/x", "/deliveries/x", `/deliveries/${"0".repeat(40)}`, "/nowhere"])(
    "knows no page %s",
    async (url) => {
      const { status, type, html } = await page(url);
      expect({ status, type }).toEqual({ status: 404, type: "text/html; charset=utf-8" });
      expect(html).toContain("NOT_FOUND");
    },
  );
});
