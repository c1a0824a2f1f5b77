import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { basic, NOW, openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const PROXY = "10.1.2.3";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
type Headers = Record<string, string>;

describe("attacks on who is logged in", () => {
  const clock = { now: NOW };
  let t: TestOps;
  beforeAll(async () => {
    const publicUrl = "https://ops.example.org";
    t = await openTestOps({ publicUrl, trustedProxies: [`${PROXY}/32`], now: () => clock.now });
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  /** Each test comes from an address of its own: a network that guessed is held up. */
  const logIn = async (name: string, password: string, address: string, headers: Headers = {}) =>
    t.app.inject({
      method: "POST",
      url: "/login",
      remoteAddress: address,
      headers: { ...FORM, ...headers },
      payload: new URLSearchParams({ name, password }).toString(),
    });
  const cookieOf = async (headers: Headers = {}) => {
    const [cookie] = (await logIn("ada", "operator-password", "192.0.2.200", headers)).cookies;
    return `${cookie?.name}=${cookie?.value}`;
  };
  const isIn = async (cookie: string) =>
    (await t.app.inject({ url: "/api/status-map", headers: { cookie } })).statusCode === 200;

  test("fixation: a session that somebody planted before the log-in is not the one after it, and ends", async () => {
    const planted = await cookieOf();
    const cookie = await cookieOf({ cookie: planted });
    expect(cookie).not.toBe(planted);
    expect([await isIn(planted), await isIn(cookie)]).toEqual([false, true]);
    const made = `__Host-ops_session=${"A".repeat(43)}`;
    expect(await cookieOf({ cookie: made })).not.toBe(made);
    expect(await isIn(made)).toBe(false);
  });

  test("a cookie without the prefix, which a neighbouring site can plant, is none", async () => {
    const cookie = await cookieOf();
    expect(await isIn(cookie.replace("__Host-", ""))).toBe(false);
  });

  test.each<[string, Headers, string?]>([
    ["a form of another site", { ...FORM, "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a form of another site of our domain", { ...FORM, "sec-fetch-site": "same-site" }],
    ["a sandboxed page, whose origin is null", { ...FORM, origin: "null" }],
    ["a browser that tells no origin", FORM],
    ["JSON as text/plain, which needs no preflight", { "content-type": "text/plain", origin: "https://evil.example" }],
    ["another port of this host", { ...FORM, origin: "https://ops.example.org:8443" }],
    ["a host that begins with ours", { ...FORM, origin: "https://ops.example.org.evil.example" }],
    ["our name before an @", { ...FORM, origin: "https://ops.example.org@evil.example" }],
  ])("CSRF: %s changes nothing with a session", async (_what, headers) => {
    const cookie = await cookieOf();
    for (const url of ["/api/queues/NOTIFICATION/pause", "/api/subscribers", "/logout"]) {
      const payload = JSON.stringify({ name: "n", url: "https://evil.example" });
      const answer = await t.app.inject({ method: "POST", url, headers: { cookie, ...headers }, payload });
      expect(answer.json(), url).toEqual(problem(403, "FOREIGN_ORIGIN"));
    }
    expect(await t.ledger.pauses.list()).toEqual([]);
    expect(await t.ledger.subscribers.list()).toEqual([]);
    expect(await isIn(cookie)).toBe(true);
  });

  test("CSRF: our own page must send JSON, because a form's text is never taken for it", async () => {
    const cookie = await cookieOf();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const headers = { cookie, "content-type": type, "sec-fetch-site": "same-origin" };
      const payload = JSON.stringify({ name: "n", url: "https://evil.example" });
      const answer = await t.app.inject({ method: "POST", url: "/api/subscribers", headers, payload });
      expect(answer.json()).toEqual(problem(415, "MEDIA_TYPE_UNKNOWN"));
    }
    expect(await t.ledger.subscribers.list()).toEqual([]);
  });

  test("guessing: after five wrong passwords nothing is looked at for a while, by form and by Basic alike, known name or not", async () => {
    const answers: Record<string, unknown> = {};
    for (const [name, address] of [
      ["ada", "192.0.2.1"],
      ["eve", "192.0.2.2"],
    ] as const) {
      for (let n = 0; n < 5; n += 1) expect((await logIn(name, `wrong ${n}`, address)).statusCode).toBe(401);
      const form = await logIn(name, "operator-password", address);
      const authorization = basic(name, "operator-password");
      const program = await t.app.inject({ url: "/api/queues", remoteAddress: address, headers: { authorization } });
      answers[name] = {
        form: [form.statusCode, form.headers["retry-after"], form.cookies, /Too many tries/.test(form.body)],
        program: [program.json(), program.headers["retry-after"]],
      };
    }
    expect(answers.ada).toEqual({
      form: [429, "1", [], true],
      program: [problem(429, "TOO_MANY_TRIES"), "1"],
    });
    expect(answers.eve).toEqual(answers.ada);
    expect((await logIn("ada", "operator-password", "192.0.2.3")).statusCode).toBe(303); // from elsewhere she comes in
    clock.now = new Date(clock.now.getTime() + 1_000);
    expect((await logIn("ada", "operator-password", "192.0.2.1")).statusCode).toBe(303);
  });

  test("guessing: X-Forwarded-For gives nobody a new address, unless a proxy that we named sends it", async () => {
    const forwarded = (n: number) => ({ "x-forwarded-for": `198.51.100.${n}` });
    for (let n = 0; n < 5; n += 1) await logIn("vic", `wrong ${n}`, "192.0.2.4", forwarded(n));
    expect((await logIn("vic", "viewer-password", "192.0.2.4", forwarded(9))).statusCode).toBe(429);
    for (let n = 0; n < 5; n += 1) await logIn("vic", `wrong ${n}`, PROXY, forwarded(20));
    expect((await logIn("vic", "viewer-password", PROXY, forwarded(20))).statusCode).toBe(429);
    expect((await logIn("vic", "viewer-password", PROXY, forwarded(21))).statusCode).toBe(303);
  });

  test("guessing is counted, because somebody should be told of it", async () => {
    const exposed = await t.metrics.registry.metrics();
    for (const outcome of ["right", "wrong", "later"]) {
      expect(exposed).toMatch(new RegExp(`receiver_ops_passwords_total\\{outcome="${outcome}",app="ops"\\} [1-9]`));
    }
  });

  test("nothing of it stands in the log: no name, password, cookie or address", () => {
    expect(t.lines.join("\n")).not.toMatch(/operator-password|wrong \d|ops_session|\bada\b|\beve\b|192\.0\.2/);
  });
});
