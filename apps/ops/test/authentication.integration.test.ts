import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { basic, openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const HTML = { accept: "text/html,application/xhtml+xml" };

describe("who may come in", () => {
  const clock = { now: new Date("2026-11-22T12:00:00Z") };
  let t: TestOps;
  beforeAll(async () => {
    t = await openTestOps({ publicUrl: "https://ops.example.org", now: () => clock.now });
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  const logIn = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
    t.app.inject({
      method: "POST",
      url: "/login",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      payload: new URLSearchParams(form).toString(),
    });
  const sessionOf = async (name: string): Promise<string> => {
    const password = name === "ada" ? "operator-password" : "viewer-password";
    const [cookie] = (await logIn({ name, password })).cookies;
    return `__Host-ops_session=${cookie?.value}`;
  };

  test.each(["/api/client-files", "/api/queues", "/api/audit", "/openapi.json", "/api/nothing/here"])(
    "%s answers 401 with a challenge to a program without a password",
    async (url) => {
      const answer = await t.nobody("GET", url);
      expect(answer.json).toEqual(problem(401, "UNAUTHENTICATED"));
      expect(answer.headers["www-authenticate"]).toBe('Basic realm="ops", charset="UTF-8"');
      expect(answer.headers["content-type"]).toMatch("application/problem+json");
    },
  );

  test.each([
    ["a wrong password", basic("ada", "viewer-password")],
    ["an unknown name", basic("eve", "operator-password")],
    ["no colon", `Basic ${Buffer.from("ada").toString("base64")}`],
    ["another scheme", "Bearer operator-password"],
    ["nothing in it", "Basic "],
  ])("%s is refused like no password at all", async (_what, authorization) => {
    const answer = await t.app.inject({ url: "/api/queues", headers: { authorization } });
    expect(answer.json()).toEqual(problem(401, "UNAUTHENTICATED"));
  });

  test.each(["/", "/deliveries?status=failed", "/queues", "/docs", "/client-files/x"])(
    "%s leads a browser to the log-in and back, without a challenge that would open the browser's own dialog",
    async (url) => {
      const answer = await t.app.inject({ url, headers: HTML });
      expect(answer.statusCode).toBe(303);
      expect(answer.headers["www-authenticate"]).toBeUndefined();
      const login = new URL(String(answer.headers.location), "http://here");
      expect(login.pathname).toBe("/login");
      expect(login.searchParams.get("next") ?? "/").toBe(url);
    },
  );

  test("a log-in gives a cookie that no script, no other site and no plain connection gets", async () => {
    const answer = await logIn({ name: "ada", password: "operator-password", next: "/deliveries" });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe("/deliveries");
    expect(answer.cookies).toMatchObject([
      { name: "__Host-ops_session", httpOnly: true, secure: true, sameSite: "Strict", path: "/", maxAge: 28_800 },
    ]);
  });

  test("a wrong password shows the form again with 401 and neither name nor password in it", async () => {
    const answer = await logIn({ name: "ada-typed", password: "typed-wrong", next: "/deliveries" });
    expect(answer.statusCode).toBe(401);
    expect(answer.cookies).toEqual([]);
    expect(answer.body).toContain("Name or password is wrong");
    expect(answer.body).not.toMatch(/ada-typed|typed-wrong/);
    expect(answer.body).toContain('value="/deliveries"');
  });

  test("a form that another site's page sends does not log in, because the visitor would work as somebody else", async () => {
    const form = { name: "ada", password: "operator-password" };
    const answer = await logIn(form, { "sec-fetch-site": "cross-site" });
    expect(answer.statusCode).toBe(403);
    expect(answer.cookies).toEqual([]);
  });

  test("a session opens pages and reads the API while it is used", async () => {
    const cookie = await sessionOf("vic");
    expect((await t.app.inject({ url: "/", headers: { ...HTML, cookie } })).statusCode).toBe(200);
    expect((await t.app.inject({ url: "/api/status-map", headers: { cookie } })).statusCode).toBe(200);
    const issuedAt = clock.now;
    clock.now = new Date(issuedAt.getTime() + 30 * 60_000);
    expect((await t.app.inject({ url: "/api/status-map", headers: { cookie } })).statusCode).toBe(401);
    clock.now = issuedAt;
  });

  test("a session changes things from our own pages only, because a browser sends it along for everybody", async () => {
    const cookie = await sessionOf("ada");
    const pauseFrom = async (headers: Record<string, string>) =>
      t.app.inject({
        method: "POST",
        url: "/api/queues/NOTIFICATION/pause",
        headers: { cookie, host: "ops", ...headers },
      });

    for (const foreign of [{}, { "sec-fetch-site": "same-site" }, { origin: "https://evil.example" }]) {
      expect((await pauseFrom(foreign)).json()).toEqual(problem(403, "FOREIGN_ORIGIN"));
    }
    expect(await t.ledger.pauses.list()).toEqual([]);
    expect((await pauseFrom({ "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
    expect((await pauseFrom({ origin: "https://ops.example.org" })).statusCode).toBe(200);
    expect((await pauseFrom({ origin: "http://ops" })).statusCode).toBe(200);
  });

  test("a password that a browser remembers changes nothing for another site either", async () => {
    const headers = { authorization: basic("ada", "operator-password"), "sec-fetch-site": "cross-site" };
    const answer = await t.app.inject({ method: "POST", url: "/api/queues/NOTIFICATION/resume", headers });
    expect(answer.json()).toEqual(problem(403, "FOREIGN_ORIGIN"));
  });

  const logOut = async (cookie: string, form = "") =>
    t.app.inject({
      method: "POST",
      url: "/logout",
      headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" },
      payload: form,
    });
  const isIn = async (cookie: string) =>
    (await t.app.inject({ url: "/api/status-map", headers: { cookie } })).statusCode === 200;

  test("logging out ends the session, whoever has a copy of its cookie, and takes the cookie away", async () => {
    const [cookie, elsewhere] = [await sessionOf("ada"), await sessionOf("ada")];
    const answer = await logOut(cookie);
    expect(answer.headers.location).toBe("/login");
    expect(answer.cookies).toMatchObject([{ name: "__Host-ops_session", value: "", maxAge: 0 }]);
    expect([await isIn(cookie), await isIn(elsewhere)]).toEqual([false, true]);
  });

  test("logging out everywhere ends every session of the user and nobody else's", async () => {
    const [cookie, elsewhere, others] = [await sessionOf("ada"), await sessionOf("ada"), await sessionOf("vic")];
    await logOut(cookie, "everywhere=yes");
    expect([await isIn(cookie), await isIn(elsewhere), await isIn(others)]).toEqual([false, false, true]);
  });

  test("wrong passwords are told in the log, but neither names, passwords nor cookies", () => {
    expect(t.lines.filter((line) => line.includes("password-refused")).length).toBeGreaterThan(2);
    expect(t.lines.join("\n")).not.toMatch(/-password|typed|ops_session|\bada\b|\bvic\b|\beve\b/);
  });
});

describe("what every answer bears", () => {
  test("a policy under which nothing is loaded from elsewhere and nobody frames a page", async () => {
    await using t = await openTestOps();
    for (const url of ["/", "/api/queues", "/nowhere", "/queues", "/docs"]) {
      const { headers } = await t.operator("GET", url);
      expect(headers["content-security-policy"]).toMatch(/default-src 'none';script-src 'self';/);
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["content-security-policy"]?.toString().includes("unsafe-inline")).toBe(
        /queues|docs/.test(url) && !url.startsWith("/api"),
      );
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
      expect(headers["cache-control"]).toBe("no-store");
    }
  });
});
