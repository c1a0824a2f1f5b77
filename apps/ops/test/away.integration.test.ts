import { startProxy } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { basic, openTestOps, problem } from "./open-test-ops.ts";

describe("with Postgres away", () => {
  test("every route says 503 and when to ask again, quotes nothing, and works when it is back", async () => {
    const proxies: Awaited<ReturnType<typeof startProxy>>[] = [];
    const reach = async (url: string) => {
      const proxy = await startProxy(url);
      proxies.push(proxy);
      return proxy.url;
    };
    await using t = await openTestOps({ reach });
    const [proxy] = proxies;
    await t.producer.check(); // its pool is set up: cut off in the middle of that, BullMQ throws past everybody
    expect((await t.viewer("GET", "/api/client-files")).status).toBe(200);

    await proxy?.cut();
    for (const path of ["/api/client-files", "/api/deliveries", "/api/queues", "/api/audit", "/api/status-map"]) {
      const { status, json, headers, text } = await t.operator("GET", path);
      const expected = { ...problem(503, "DATABASE_UNAVAILABLE"), requestId: expect.any(String) };
      expect({ path, status, json }).toEqual({ path, status: 503, json: expected });
      expect(headers["retry-after"]).toBe("5");
      expect(text).not.toMatch(/ECONN|127\.0\.0\.1|postgres:/);
      expect(t.lines.at(-1)).toContain(json.requestId);
    }
    const headers = { accept: "text/html", authorization: basic("vic", "viewer-password") };
    const page = await t.app.inject({ url: "/", headers });
    expect({ status: page.statusCode, told: page.body.includes("DATABASE_UNAVAILABLE") }).toEqual({
      status: 503,
      told: true,
    });

    await proxy?.restore();
    await expect.poll(async () => (await t.viewer("GET", "/api/client-files")).status).toBe(200);
    await proxy?.close();
  });
});
