import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fields } from "@receiver/runtime";
import { receivingServer, type Answer as ScriptedAnswer } from "@receiver/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { createAddressGuard } from "../src/deliver/address-guard.ts";
import { createGuardedAgent } from "../src/deliver/guarded-agent.ts";
import type { Address } from "../src/deliver/guarded-lookup.ts";
import { createPost } from "../src/deliver/post.ts";
import { selfSigned } from "./self-signed.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type":"client_file.approved","data":{"externalId":"é€😀"}}';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Sends to `url`; `resolve` answers instead of the system. */
function poster(
  settings: { allow?: string; limitMs?: number; resolve?: (hostname: string) => Promise<Address[]> } = {},
) {
  const { allow = "", limitMs = 5_000, resolve } = settings;
  const guard = createAddressGuard(allow === "" ? [] : fields.cidrList.parse(allow));
  const agent = createGuardedAgent(guard, resolve);
  open.push({ close: () => agent.destroy() });
  const post = createPost(agent, limitMs);
  const send = (url: string) => post({ id: "msg_1", body, subscriber: { id: "s", url, secret } });
  return Object.assign(send, { destroy: () => agent.destroy() });
}

async function subscriber(...answers: ScriptedAnswer[]) {
  const server = await receivingServer(...answers);
  open.push(server);
  return server;
}

const LOOPBACK = "127.0.0.0/8,::1";

describe("a notification's request", () => {
  test("bears exactly the stored text, and a signature that the reference library accepts", async () => {
    const server = await subscriber();
    const attempt = await poster({ allow: LOOPBACK })(`${server.url}/hooks?a=b`);
    expect(attempt.answer).toEqual({ kind: "answered", httpStatus: 200, retryAfterMs: null });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/hooks?a=b",
      body,
      headers: { "content-type": "application/json", "user-agent": "danaya-receiver", "webhook-id": "msg_1" },
    });
    expect(new Webhook(secret).verify(request?.body ?? "", { ...request?.headers } as Record<string, string>)).toEqual(
      JSON.parse(body),
    );
  });

  test("takes a status for an answer, and what a refusal says of the next try", async () => {
    const server = await subscriber(500, { status: 429, headers: { "retry-after": "7" } }, 410);
    const send = poster({ allow: LOOPBACK });
    expect((await send(server.url)).answer).toEqual({ kind: "answered", httpStatus: 500, retryAfterMs: null });
    expect((await send(server.url)).answer).toEqual({ kind: "answered", httpStatus: 429, retryAfterMs: 7_000 });
    expect((await send(server.url)).answer).toMatchObject({ httpStatus: 410 });
  });

  test("does not follow a redirect, because nobody checked where it leads", async () => {
    const target = await subscriber();
    const server = await subscriber({ status: 307, headers: { location: target.url } });
    expect((await poster({ allow: LOOPBACK })(server.url)).answer).toMatchObject({ httpStatus: 307 });
    expect(target.requests).toEqual([]);
  });

  test("ends when the subscriber hangs, so that it does not keep a worker's place", async () => {
    const server = await subscriber("hang");
    const attempt = await poster({ allow: LOOPBACK, limitMs: 100 })(server.url);
    expect(attempt.answer).toEqual({ kind: "silent", code: "SUBSCRIBER_TIMEOUT" });
    expect(attempt.latencyMs).toBeGreaterThanOrEqual(90);
  });

  test("that the end of our own process cuts short is no failure of the subscriber's", async () => {
    const server = await subscriber("hang");
    const send = poster({ allow: LOOPBACK });
    const sending = send(server.url).catch((thrown: unknown) => thrown);
    await expect.poll(() => server.requests.length).toBe(1);
    await send.destroy();
    expect(await sending).toMatchObject({ code: "STOPPING", infrastructure: true });
  });

  test("counts as delivered when a body without end follows the 200, of which only a bounded part is read", async () => {
    const server = await subscriber({ status: 200, body: "x".repeat(5_000_000) });
    const attempt = await poster({ allow: LOOPBACK })(server.url);
    expect(attempt.answer).toMatchObject({ kind: "answered", httpStatus: 200 });
  });

  test("tells a subscriber that hangs up from one that answers", async () => {
    const server = await subscriber("reset");
    const { answer } = await poster({ allow: LOOPBACK })(server.url);
    expect(answer).toEqual({ kind: "silent", code: "SUBSCRIBER_UNREACHABLE" });
  });

  test("finds nobody at a closed port or under an unknown name", async () => {
    const server = await receivingServer();
    await server.close();
    const unreachable = { kind: "silent", code: "SUBSCRIBER_UNREACHABLE" };
    expect((await poster({ allow: LOOPBACK })(server.url)).answer).toEqual(unreachable);
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const send = poster({ resolve: () => Promise.reject(unknown) });
    expect((await send("http://nobody.example/")).answer).toEqual(unreachable);
  });

  test("is not sent over TLS to who can't prove the URL's name", async () => {
    const server = createServer(selfSigned(), (_request, response) => response.end());
    let requests = 0;
    server.on("request", () => {
      requests += 1;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push({ close: () => server.close() });
    const { port } = server.address() as AddressInfo;
    const { answer } = await poster({ allow: LOOPBACK })(`https://localhost:${port}/`);
    expect(answer).toEqual({ kind: "silent", code: "SUBSCRIBER_UNREACHABLE" });
    expect(requests).toBe(0);
  });
});

describe("a URL that leads to an address that is not public", () => {
  const forbidden = { kind: "silent", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" };
  const forms = [
    ["a plain address", "127.0.0.1"],
    ["a decimal number", "2130706433"],
    ["hexadecimal", "0x7f000001"],
    ["hexadecimal parts", "0x7f.0x0.0x0.0x1"],
    ["octal", "0177.0.0.1"],
    ["octal in one", "017700000001"],
    ["a short form", "127.1"],
    ["other digits", "①②⑦.⓪.⓪.①"],
    ["a closing dot", "127.0.0.1."],
    ["IPv6 loopback", "[::1]"],
    ["IPv4-mapped", "[::ffff:127.0.0.1]"],
    ["IPv4-mapped, hexadecimal", "[::ffff:7f00:1]"],
    ["localhost", "localhost"],
    ["localhost in capitals", "LOCALHOST"],
  ];

  test.each(forms)("is not connected to: %s", async (_form, host) => {
    const server = await subscriber();
    const { answer } = await poster()(`http://${host}:${new URL(server.url).port}/`);
    expect(answer).toEqual(forbidden);
    expect(server.requests).toEqual([]);
  });

  test.each(forms.filter(([, host]) => host !== "[::1]"))(
    "would be reached if it were allowed: %s",
    async (_form, host) => {
      const server = await subscriber();
      const { answer } = await poster({ allow: LOOPBACK })(`http://${host}:${new URL(server.url).port}/`);
      expect(answer).toMatchObject({ httpStatus: 200 });
    },
  );

  test("is not connected to: the clouds' metadata, by address and by name", async () => {
    expect((await poster()("http://169.254.169.254/latest/meta-data/")).answer).toEqual(forbidden);
    const send = poster({ resolve: async () => [{ address: "169.254.169.254", family: 4 }] });
    expect((await send("http://metadata.example/")).answer).toEqual(forbidden);
  });

  test("is not connected to over https either", async () => {
    expect((await poster()("https://127.0.0.1/")).answer).toEqual(forbidden);
    expect((await poster()("https://localhost/")).answer).toEqual(forbidden);
  });

  test.each(["ftp://example.org/", "file:///etc/passwd", "not a url", "", "unix:/run/docker.sock"])(
    "is not one of http at all: %j",
    async (url) => {
      expect((await poster()(url)).answer).toEqual(forbidden);
    },
  );
});

describe("a name with several addresses, or with another one each time", () => {
  test("is asked for once and connected to at the address that was checked", async () => {
    const server = await subscriber();
    const answers: Address[][] = [[{ address: "127.0.0.1", family: 4 }], [{ address: "10.0.0.1", family: 4 }]];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    const { answer } = await poster({ allow: "127.0.0.1", resolve })(
      `http://rebinding.example:${new URL(server.url).port}/`,
    );
    expect(answer).toMatchObject({ httpStatus: 200 });
    expect(asked).toBe(1);
    expect(server.requests[0]?.headers.host).toBe(`rebinding.example:${new URL(server.url).port}`);
  });

  test("is refused when it turns to a forbidden address after its first connection has ended", async () => {
    const server = await subscriber({ status: 200, headers: { connection: "close" } });
    const answers: Address[][] = [[{ address: "127.0.0.1", family: 4 }], [{ address: "127.0.0.2", family: 4 }]];
    const resolve = async () => answers.shift() ?? [];
    const send = poster({ allow: "127.0.0.1", resolve });
    const url = `http://rebinding.example:${new URL(server.url).port}/`;
    expect((await send(url)).answer).toMatchObject({ httpStatus: 200 });
    expect((await send(url)).answer).toEqual({ kind: "silent", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" });
  });

  test("is connected to at those of its addresses that are permitted, never at the others", async () => {
    const server = await subscriber();
    const addresses = ["10.0.0.1", "127.0.0.1", "169.254.169.254"].map((address) => ({ address, family: 4 }));
    const send = poster({ allow: "127.0.0.1", resolve: async () => addresses });
    expect((await send(`http://several.example:${new URL(server.url).port}/`)).answer).toMatchObject({
      httpStatus: 200,
    });
  });

  test("is refused when it has none", async () => {
    const { answer } = await poster({ resolve: async () => [] })("http://nowhere.example/");
    expect(answer).toMatchObject({ kind: "silent" });
  });
});
