import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, type TestOps } from "./open-test-ops.ts";

// Driven by the OpenAPI document: a filter that is added is attacked, too.

const payloads = [
  "'",
  '"',
  "\\",
  "' or '1'='1",
  "') or 1=1 --",
  "1; drop table deliveries; --",
  "1 union select secret from subscribers",
  "$1",
  "%",
  "a\0b",
  "-1",
  "1e400",
  "99999999999999999999",
  "2026-13-45",
  "x".repeat(3_000),
];

type Parameter = { in: string; name: string };
type OpenApi = { paths: Record<string, { get?: { parameters?: Parameter[] } }> };

describe("every filter of every list", () => {
  let t: TestOps;
  let filters: { path: string; name: string }[];
  beforeAll(async () => {
    t = await openTestOps();
    await t.operator("POST", "/api/subscribers", { name: "n", url: "https://bank.example/hooks" });
    await t.deliver(bytesOf(danaya.ANALYSIS_RESULT(inventFile("filtered"))));
    const { paths } = (await t.viewer("GET", "/openapi.json")).json as OpenApi;
    filters = Object.entries(paths).flatMap(([path, { get }]) =>
      (get?.parameters ?? []).flatMap((parameter) =>
        parameter.in === "query" ? [{ path, name: parameter.name }] : [],
      ),
    );
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  test("is in the document", () => {
    const names = (path: string) => filters.filter((filter) => filter.path === path).map(({ name }) => name);
    expect(names("/api/client-files")).toEqual(expect.arrayContaining(["companyId", "externalId", "flag", "cursor"]));
    expect(names("/api/audit")).toEqual(["actor", "action", "target", "from", "to", "limit", "cursor"]);
    expect(new Set(filters.map(({ path }) => path)).size).toBeGreaterThan(4);
  });

  test("takes SQL for a text that nothing matches, or refuses it, and never finds more than without", async () => {
    const found = async (path: string, name: string, payload: string) => {
      const { status, json } = await t.operator("GET", `${path}?${new URLSearchParams({ [name]: payload })}`);
      return { path, name, payload, status, items: json?.items ?? [] };
    };
    for (const { path, name } of filters) {
      for (const answer of await Promise.all(payloads.map((payload) => found(path, name, payload)))) {
        expect([200, 400], JSON.stringify(answer)).toContain(answer.status);
        expect(answer.items, JSON.stringify(answer)).toEqual([]);
      }
    }
  });

  test("of a page is read as the API reads it", async () => {
    for (const page of ["/", "/deliveries", "/audit"]) {
      const name = page === "/audit" ? "target" : "companyId";
      for (const payload of payloads) {
        const { status } = await t.operator("GET", `${page}?${new URLSearchParams({ [name]: payload })}`);
        expect([200, 400], `${page} ${payload}`).toContain(status);
      }
    }
  });

  test("is refused twice in one query and as an object, which parsers turn into lists", async () => {
    for (const { path, name } of filters) {
      for (const query of [`${name}=1&${name}=2`, `${name}[]=1`, `${name}[$ne]=1`, `__proto__=1`, `constructor=1`]) {
        expect((await t.operator("GET", `${path}?${query}`)).status, `${path}?${query}`).toBe(400);
      }
    }
  });

  test("of a replay is a value as well, also in its bounds and its cursor", async () => {
    for (const name of ["disposition", "messageType", "status", "companyId", "errorCode", "q", "from", "to"]) {
      for (const payload of payloads) {
        const body = { filter: { [name]: payload }, dryRun: true };
        const { status, json } = await t.operator("POST", "/api/deliveries/replay", body);
        expect([200, 400], `${name} ${payload}`).toContain(status);
        expect(json.deliveryIds ?? []).toEqual([]);
      }
    }
  });

  test("left every table as it was", async () => {
    const client = new Client(t.database.url);
    await client.connect();
    const { rows } = await client.query(
      "select (select count(*) from deliveries) as deliveries, (select count(*) from subscribers) as subscribers, (select count(*) from client_files) as files",
    );
    await client.end();
    expect(rows).toEqual([{ deliveries: "1", subscribers: "1", files: "1" }]);
  });
});
