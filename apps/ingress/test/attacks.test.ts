import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hmacOf, signatureHeaders, signatureSecret } from "./checks/signing.ts";
import {
  ingressUnderTest,
  noChecks,
  OLD_TOKEN,
  statusChanged,
  TOKEN,
  type UnderTest,
  WEBHOOK,
} from "./ingress-under-test.ts";

// Tokens wrong, cut short, longer or missing, and floods of them: refused-requests.test.ts. Single forms of a signature: checks/.

type Sending = { url?: string; headers?: Record<string, string | string[]>; from?: string; body?: string };

const send = (
  { app }: UnderTest,
  { url = WEBHOOK, headers = {}, from = "192.0.2.1", body = statusChanged() }: Sending,
) => app.inject({ method: "POST", url, payload: body, headers, remoteAddress: from });

/** Refused as everybody else is who may not send: nothing is told, nothing stored, and the operator sees why. */
async function expectRefused(ingress: UnderTest, sending: Sending, check: string) {
  const answer = await send(ingress, sending);
  expect([answer.statusCode, answer.json().code, answer.json().problems]).toEqual([401, "UNAUTHORISED", undefined]);
  expect(answer.payload).toBe((await send(ingress, { ...sending, url: "/webhooks/danaya/wrong" })).payload);
  expect(ingress.stored()).toEqual([]);
  expect(ingress.log.events("check-failed")).toContainEqual(expect.objectContaining({ check, level: "warn" }));
}

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString("base64")}`;

describe("a token that nearly fits", () => {
  const swapped = TOKEN.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  it.each([
    ["differs in its last character", swapped],
    [
      "differs in case",
      TOKEN.replaceAll(/[a-z]/gi, (letter) => (letter < "a" ? letter.toLowerCase() : letter.toUpperCase())),
    ],
    ["has a NUL behind it", `${TOKEN}%00`],
    ["has a space behind it", `${TOKEN}%20`],
    ["is two valid ones", `${TOKEN},${OLD_TOKEN}`],
    ["bears its name", `autumn:${TOKEN}`],
    ["is encoded twice", TOKEN.replace(/^./, (first) => `%25${first.charCodeAt(0).toString(16)}`)],
    ["is another object's key", "__proto__"],
  ])("is refused when it %s", async (_what, token) => {
    await expectRefused(ingressUnderTest(), { url: `/webhooks/danaya/${token}` }, "token");
  });

  it.each([
    ["is missing", "/webhooks/danaya/"],
    ["hides in a query", `/webhooks/danaya?token=${TOKEN}`],
    ["is cut in two", `/webhooks/danaya/${TOKEN.slice(0, 9)}/${TOKEN.slice(9)}`],
  ])("leads nowhere when it %s", async (_what, url) => {
    const ingress = ingressUnderTest();
    expect((await send(ingress, { url })).statusCode).toBeOneOf([401, 404]);
    expect(ingress.stored()).toEqual([]);
  });

  it("is refused once it was rotated out, though it was valid before", async () => {
    const before = ingressUnderTest();
    expect((await send(before, { url: `/webhooks/danaya/${OLD_TOKEN}` })).statusCode).toBe(200);
    const after = ingressUnderTest({ tokens: [{ name: "autumn", token: TOKEN }] });
    await expectRefused(after, { url: `/webhooks/danaya/${OLD_TOKEN}` }, "token");
  });
});

describe("a leaked token, where more is asked for", () => {
  const header = { ...noChecks, header: { name: "x-webhook-key", values: ["new-value", "old-value"] } };

  it.each<[string, Record<string, string | string[]>]>([
    ["without the header", {}],
    ["with another value", { "x-webhook-key": "new-valuE" }],
    ["with the beginning of it", { "x-webhook-key": "new-valu" }],
    ["with nothing in it", { "x-webhook-key": "" }],
    ["with both values in one", { "x-webhook-key": "new-value, old-value" }],
    ["with the header twice", { "x-webhook-key": ["new-value", "new-value"] }],
    ["with the value in another header", { "x-webhook-keys": "new-value" }],
  ])("is refused %s", async (_what, headers) => {
    await expectRefused(ingressUnderTest({ checks: header }), { headers }, "header");
  });

  it.each<[string, Record<string, string>]>([
    ["without credentials", {}],
    ["with another password", { authorization: basic("danaya:secreT") }],
    ["with another user", { authorization: basic("danaia:secret") }],
    ["with the colon elsewhere", { authorization: basic("danay:a:secret") }],
    ["with the credentials as they are", { authorization: "Basic danaya:secret" }],
    ["with another scheme", { authorization: basic("danaya:secret").replace("Basic", "Bearer") }],
    ["with two schemes", { authorization: `Bearer x, ${basic("danaya:secret")}` }],
    ["with the credentials in another header", { "proxy-authorization": basic("danaya:secret") }],
  ])("is refused %s", async (_what, headers) => {
    const ingress = ingressUnderTest({ checks: { ...noChecks, basic: ["danaya:secret"] } });
    await expectRefused(ingress, { headers }, "basic");
    expect((await send(ingress, { headers })).headers["www-authenticate"]).toMatch(/^Basic /);
  });

  it("is taken with each secret that is valid, and the metric tells which is in use", async () => {
    const ingress = ingressUnderTest({ checks: { ...header, basic: ["danaya:secret", "danaya:old"] } });
    for (const [key, credentials] of [
      ["new-value", "danaya:old"],
      ["old-value", "danaya:old"],
    ] as const) {
      const headers = { "x-webhook-key": key, authorization: basic(credentials) };
      expect((await send(ingress, { headers })).statusCode).toBe(200);
    }
    expect(await ingress.scrape()).toEqual(
      expect.arrayContaining([
        'receiver_webhook_secret_uses_total{check="header",secret="1"} 1',
        'receiver_webhook_secret_uses_total{check="header",secret="2"} 1',
        'receiver_webhook_secret_uses_total{check="basic",secret="2"} 2',
      ]),
    );
  });

  it("is refused unless all that is asked for holds, because each covers what another doesn't", async () => {
    const checks = { ...header, basic: ["danaya:secret"] };
    const all = { "x-webhook-key": "new-value", authorization: basic("danaya:secret") };
    await expectRefused(ingressUnderTest({ checks }), { headers: { authorization: all.authorization } }, "header");
    await expectRefused(ingressUnderTest({ checks }), { headers: { "x-webhook-key": "new-value" } }, "basic");
    await expectRefused(ingressUnderTest({ checks }), { headers: all, url: "/webhooks/danaya/wrong" }, "token");
    expect((await send(ingressUnderTest({ checks }), { headers: all })).statusCode).toBe(200);
  });

  it("is answered 401 however often, because 429 is for callers without one; each failure is counted by its check", async () => {
    const ingress = ingressUnderTest({ checks: header });
    const statuses = [];
    for (let times = 0; times < 40; times += 1) statuses.push((await send(ingress, {})).statusCode);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(await ingress.scrape()).toContain('receiver_ingress_checks_failed_total{check="header"} 40');
    expect(ingress.log.events("check-failed")).toHaveLength(1);
  });

  it("is refused before the body is read, so that no stranger's body takes room", async () => {
    const body = "x".repeat(3 * 1_024 * 1_024);
    expect((await send(ingressUnderTest({ checks: header }), { body })).statusCode).toBe(401);
  });
});

describe("a signature", () => {
  const [current, old, foreign] = [signatureSecret(), signatureSecret(), signatureSecret()];
  const checks = { ...noChecks, signatureKeys: [current.key, old.key] };
  const body = statusChanged();
  const forged = statusChanged({ payload: { id: 456, status: "REJETER" } });
  const sign = (secret = current.text, secondsAgo = 0) =>
    signatureHeaders({ secret, body, at: new Date(Date.now() - secondsAgo * 1_000) });

  it("that was taken down and is sent again within five minutes is a duplicate, with the same id and no effect", async () => {
    const ingress = ingressUnderTest({ checks });
    const headers = sign(old.text, 60);
    const answers = [await send(ingress, { headers, body }), await send(ingress, { headers, body })];
    expect(answers.map((answer) => answer.json().disposition)).toEqual(["accepted", "duplicate"]);
    expect(new Set(answers.map((answer) => answer.json().deliveryId)).size).toBe(1);
    expect(ingress.stored()).toHaveLength(1);
  });

  it.each([
    ["taken down more than five minutes ago", { headers: sign(current.text, 310), body }],
    ["dated ahead, to be good for longer", { headers: sign(current.text, -310), body }],
    [
      "of an old message, under a new time",
      { headers: { ...sign(current.text, 310), "webhook-timestamp": String(Math.floor(Date.now() / 1_000)) }, body },
    ],
    ["over another body", { headers: sign(), body: forged }],
    ["with another key", { headers: sign(foreign.text), body }],
    ["missing", { headers: {}, body }],
  ])("is refused: %s", async (_what, sending) => {
    await expectRefused(ingressUnderTest({ checks }), sending, "signature");
  });

  it("is asked for before the body is parsed: what is no JSON is refused as unsigned, and tells nothing", async () => {
    await expectRefused(ingressUnderTest({ checks }), { headers: sign(), body: "{" }, "signature");
    await expectRefused(ingressUnderTest({ checks }), { headers: sign(), body: "" }, "signature");
  });

  it("is of the bytes as they came: one space more, or another order of keys, is another body", async () => {
    await expectRefused(ingressUnderTest({ checks }), { headers: sign(), body: ` ${body}` }, "signature");
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body)).reverse()));
    await expectRefused(ingressUnderTest({ checks }), { headers: sign(), body: reordered }, "signature");
  });

  it("of the provider's own form covers the body, too, but not the time: sent again it is a duplicate", async () => {
    const hmac = {
      header: "x-signature",
      algorithm: "sha512",
      encoding: "base64",
      prefix: "sha512=",
      keys: [createSecretKey("k", "utf8")],
    } as const;
    const ingress = ingressUnderTest({ checks: { ...noChecks, hmac } });
    const headers = { "x-signature": `sha512=${hmacOf(body, "k", "sha512").toString("base64")}` };
    await expectRefused(ingress, { headers, body: forged }, "hmac");
    await expectRefused(ingress, { headers: {}, body }, "hmac");
    const answers = [await send(ingress, { headers, body }), await send(ingress, { headers, body })];
    expect(answers.map((answer) => answer.json().disposition)).toEqual(["accepted", "duplicate"]);
  });
});

describe("a spoofed address", () => {
  const checks = { ...noChecks, allowedSenders: [{ address: "192.0.2.0", prefix: 24, family: "ipv4" } as const] };
  const forwarded = (value: string) => ({ "x-forwarded-for": value });

  it.each<[string, Record<string, string | string[]>]>([
    ["X-Forwarded-For", forwarded("192.0.2.1")],
    ["X-Real-IP", { "x-real-ip": "192.0.2.1" }],
    ["Forwarded", { forwarded: "for=192.0.2.1" }],
    ["True-Client-IP", { "true-client-ip": "192.0.2.1", "cf-connecting-ip": "192.0.2.1" }],
  ])("is not believed of a stranger where no proxy is declared: %s", async (_what, headers) => {
    await expectRefused(ingressUnderTest({ checks }), { headers, from: "203.0.113.5" }, "sender");
  });

  it.each([
    ["from a stranger, not the proxy", "203.0.113.5", "192.0.2.1"],
    ["put before the true one that the proxy adds", "10.0.0.1", "192.0.2.1, 203.0.113.5"],
    ["put before a second proxy of ours", "10.0.0.1", "192.0.2.1, 203.0.113.5, 10.0.0.2"],
    ["with an address of the proxies behind it", "10.0.0.1", "192.0.2.1, 10.0.0.9, 203.0.113.5"],
    ["with a port", "10.0.0.1", "192.0.2.1:443"],
    ["in decimal", "10.0.0.1", "3221225985"],
    ["in octal", "10.0.0.1", "0300.0.02.01"],
    ["as a name", "10.0.0.1", "192.0.2.1.nip.io"],
    ["with nothing between the commas", "10.0.0.1", "192.0.2.1, , 203.0.113.5"],
    ["empty", "10.0.0.1", ""],
  ])("is not believed %s", async (_what, from, addresses) => {
    const ingress = ingressUnderTest({ checks, trustedProxies: ["10.0.0.0/8"] });
    await expectRefused(ingress, { headers: forwarded(addresses), from }, "sender");
  });

  it("is not needed by who is allowed: directly, as IPv4 in IPv6, and behind the declared proxies", async () => {
    const ingress = ingressUnderTest({ checks, trustedProxies: ["10.0.0.0/8"] });
    for (const sending of [
      { from: "192.0.2.77" },
      { from: "::ffff:192.0.2.77" },
      { from: "10.0.0.1", headers: forwarded("192.0.2.77") },
      { from: "10.0.0.1", headers: forwarded("198.51.100.1, 192.0.2.77, 10.0.0.2") },
    ]) {
      expect((await send(ingress, sending)).statusCode).toBe(200);
    }
  });
});

describe("a body made to harm", () => {
  const company = { allowedCompanyIds: new Set(["124"]) };
  const withAdditional = (text: string) =>
    statusChanged({ payload: { id: 456, status: "VALIDER", extra: "#" } }).replace('"#"', text);

  it.each([
    ["of a foreign company", statusChanged(), "companyId", company],
    ["that nests 50,000 levels", withAdditional("[".repeat(50_000) + "]".repeat(50_000)), /^payload\.\*/, {}],
    ["with a list of a million elements", withAdditional(`[${Array(1_000_000).fill(0).join()}]`), /^payload\.\*$/, {}],
    [
      "with 150,000 keys",
      withAdditional(`{${Array.from({ length: 150_000 }, (_, n) => `"k${n}":0`).join()}}`),
      /^payload\.\*$/,
      {},
    ],
    ["with a key of 1 MB", withAdditional(`{"${"k".repeat(1_000_000)}":0}`), /^payload\.\*\.\*$/, {}],
    ["that reaches for a prototype", withAdditional('{"__proto__":{"isAdmin":true}}'), /__proto__$/, {}],
  ] as const)("is kept in quarantine, with the path, and wakes nobody: %s", async (_what, body, path, deps) => {
    const ingress = ingressUnderTest(deps);
    const answer = await send(ingress, { body });
    expect(answer.statusCode).toBe(202);
    expect(answer.json().problems).toEqual([
      { path: expect.stringMatching(path), message: expect.stringMatching(/^must /) },
    ]);
    expect(answer.payload.length).toBeLessThan(1_000);
    expect([ingress.stored().length, ingress.wakeUps.length]).toEqual([1, 0]);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });
});
