import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scopes } from "../src/authentication/scopes.ts";
import { basic, openTestOps, type TestOps } from "./open-test-ops.ts";
import { type Route, sampleUrl, withRouteTable } from "./route-table.ts";

// Driven by the table of routes: one that is added is attacked, too.

describe("every route", () => {
  let t: TestOps;
  let routes: Route[];
  let machine: string;
  beforeAll(async () => {
    ({ opened: t, routes } = await withRouteTable(openTestOps));
    const chosen = { name: "m", companyIds: ["123"], scopes, reason: "to attack with" };
    machine = `Bearer ${(await t.operator("POST", "/api/credentials", chosen)).json.secret}`;
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  const send = async ({ method, url }: Route, headers: Record<string, string> = {}) =>
    t.app.inject({ method: method as NonNullable<InjectOptions["method"]>, url, headers });
  const sampled = () => routes.map((route) => ({ method: route.method, url: sampleUrl(route), route: nameOf(route) }));
  const nameOf = ({ method, url }: Route) => `${method} ${url}`;
  /** Which routes were answered with none of these statuses. */
  async function others(statuses: number[], headers: Record<string, string>): Promise<string[]> {
    const found: string[] = [];
    for (const { route, ...target } of sampled()) {
      if (!statuses.includes((await send(target, headers)).statusCode)) found.push(route);
    }
    return found;
  }

  test("stands in the table, those of plugins, too", () => {
    expect(routes.map(nameOf)).toEqual(
      expect.arrayContaining([
        "GET /",
        "POST /login",
        "PUT /api/status-map",
        "GET /openapi.json",
        "PUT /queues/api/queues/:queueName/pause",
      ]),
    );
    expect(routes.length).toBeGreaterThan(60);
  });

  test("asks who calls, but the log-in and what it is made of", async () => {
    const open = await others([401], {});
    expect(open.filter((route) => !route.includes("/assets/")).sort()).toEqual(["GET /login", "HEAD /login"]);
  });

  test("refuses a password that is wrong and a credential that nobody has", async () => {
    const authorization = `Bearer rcv_${"0".repeat(32)}_${"A".repeat(43)}`;
    const open = await others([401], { authorization });
    expect(open.filter((route) => !/\/(login|assets\/.*)$/.test(route))).toEqual([]);
  });

  test("that changes or reveals something refuses a viewer, whatever is sent", async () => {
    const authorization = basic("vic", "viewer-password");
    const changing = sampled().filter(({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method));
    const allowed: string[] = [];
    for (const { route, ...target } of changing) {
      const { statusCode, body } = await send(target, { authorization });
      if (statusCode !== 403 || !body.includes("OPERATORS_ONLY")) allowed.push(route);
    }
    expect(allowed.sort()).toEqual(["POST /login", "POST /logout"]);
    for (const url of ["/audit", "/api/audit", "/api/credentials"]) {
      expect((await t.viewer("GET", url)).status, url).toBe(403);
    }
  });

  test("but three refuses a machine, however many scopes it has", async () => {
    const open = await others([403], { authorization: machine });
    expect(open.filter((route) => !/\/(login|assets\/.*)$/.test(route)).sort()).toEqual([
      "GET /api/client-files",
      "GET /api/client-files/:id",
      "GET /api/client-files/:id/personal-data",
      "HEAD /api/client-files",
      "HEAD /api/client-files/:id",
      "HEAD /api/client-files/:id/personal-data",
    ]);
  });

  const hostileIds = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2fapi%2faudit",
    "..%5c..%5cboot.ini",
    "%252e%252e%252f",
    "%00",
    "1'%20or%20'1'='1",
    "1;drop%20table%20deliveries--",
    "%F0%9F%92%A9",
    "a".repeat(5_000),
    "{{7*7}}",
    "__proto__",
  ];

  test("with an id in its address takes a hostile one for an id that nothing has", async () => {
    const operator = basic("ada", "operator-password");
    const withId = routes.filter(({ url }) => url.includes("/:") && !url.startsWith("/queues"));
    expect(withId.length).toBeGreaterThan(12);
    for (const { method, url } of withId) {
      const authorization = method !== "POST" && url.endsWith("/personal-data") ? machine : operator;
      for (const id of hostileIds) {
        const answer = await send({ method, url: url.replace(/:\w+/, id) }, { authorization });
        expect([400, 404], `${method} ${url} ${id}`).toContain(answer.statusCode);
        expect(answer.body, `${method} ${url} ${id}`).not.toMatch(/etc.passwd|boot\.ini|drop table|root:/);
      }
    }
  });

  test("gives no file of the disk, whatever way its address takes", async () => {
    const authorization = basic("ada", "operator-password");
    for (const base of ["/assets", "/docs/static", "/queues/static", ""]) {
      for (const way of [
        "/../package.json",
        "/..%2fpackage.json",
        "/%2e%2e/package.json",
        "/..%5cpackage.json",
        "//etc/passwd",
      ]) {
        const answer = await send({ method: "GET", url: `${base}${way}` }, { authorization });
        expect(answer.body, base + way).not.toMatch(/"dependencies"|root:x:/);
        expect(answer.statusCode, base + way).toBeGreaterThanOrEqual(400);
      }
    }
  });

  const bears = ({ headers }: LightMyRequestResponse) => ({
    policy: /default-src 'none'.*frame-ancestors 'none'/.test(String(headers["content-security-policy"])),
    sniff: headers["x-content-type-options"],
    frame: headers["x-frame-options"],
    referrer: headers["referrer-policy"],
  });
  const all = { policy: true, sniff: "nosniff", frame: "DENY", referrer: "same-origin" };

  test("bears the security headers with every answer, refusals and errors of the framework among them", async () => {
    for (const headers of [{}, { authorization: basic("ada", "operator-password") }] as Record<string, string>[]) {
      for (const { route, ...target } of sampled().filter(({ method }) => method === "GET" || method === "PUT")) {
        expect(bears(await send(target, headers)), route).toEqual(all);
      }
    }
    const authorization = basic("ada", "operator-password");
    const broken: InjectOptions[] = [
      { method: "GET", url: "/%zz" },
      { method: "GET", url: "/nowhere" },
      {
        method: "POST",
        url: "/api/subscribers",
        headers: { authorization, "content-type": "text/plain" },
        payload: "x",
      },
      { method: "POST", url: "/api/subscribers", headers: { authorization }, payload: { name: "x".repeat(600_000) } },
    ];
    for (const request of broken) {
      const answer = await t.app.inject(request);
      expect({ url: request.url, ...bears(answer) }).toEqual({ url: request.url, ...all });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    }
  });

  test("of the dashboard that would change something refuses even an operator, and its page works under its policy", async () => {
    const authorization = basic("ada", "operator-password");
    const changing = sampled().filter(
      ({ method, url }) => url.startsWith("/queues") && !["GET", "HEAD"].includes(method),
    );
    expect(changing.length).toBeGreaterThan(10);
    for (const { route, ...target } of changing) {
      expect((await send(target, { authorization })).json(), route).toMatchObject({ status: 405, code: "READ_ONLY" });
    }
    const page = await t.viewer("GET", "/queues");
    expect(page.headers["content-security-policy"]).toContain("script-src 'self';");
    const scripts = [...page.text.matchAll(/<script(?<attributes>[^>]*)>/g)].map(
      ({ groups }) => groups?.attributes ?? "",
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const attributes of scripts) {
      const source = /src="(?<source>[^"]+)"/.exec(attributes)?.groups?.source;
      if (source === undefined)
        expect(attributes).toContain('type="application/json"'); // data, which no policy stops
      else expect((await t.viewer("GET", new URL(source, "http://ops/queues/").pathname)).status, source).toBe(200);
    }
    expect(page.text).not.toMatch(/\son\w+="|javascript:|src="(?:https?:)?\/\//i);
    // It links a font of Google's, who would learn of every visit: the policy names no host but this one.
    expect(page.headers["content-security-policy"]).not.toMatch(/https?:|\*/);
  });
});
