import { once } from "node:events";
import { Agent, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { listenOn } from "@receiver/runtime";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { fakeInbox, ingressUnderTest, statusChanged, type UnderTest, WEBHOOK } from "./ingress-under-test.ts";
import { otherThread } from "./other-thread.ts";

const MIB = 1024 * 1024;
/** For what takes milliseconds where nobody else uses the machine. */
const PATIENT = { timeout: 20_000, interval: 10 };

async function listen(ingress: UnderTest): Promise<{ url: string; port: number }> {
  await ingress.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = ingress.app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

function open(port: number) {
  const socket: Socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const openedAt = performance.now();
  const ended = once(socket, "close").then(() => performance.now() - openedAt);
  return { socket, ended, received: text(socket).catch(() => "") };
}

const head = (path: string, length: number, more = "") =>
  `POST ${path} HTTP/1.1\r\nHost: ingress\r\nContent-Length: ${length}\r\n${more}\r\n`;

describe("a request that doesn't arrive", () => {
  it("is answered 408 and cut after 2 s when its body stalls, because it would hold the connection for nothing", async () => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const { socket, ended, received } = open(port);
    socket.write(`${head(WEBHOOK, 100)}{"webhookId"`);
    const elapsedMs = await ended;
    expect(elapsedMs).toBeGreaterThan(1_900);
    expect(elapsedMs).toBeLessThan(3_000);
    const [start, body] = (await received).split("\r\n\r\n");
    expect(start).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(start).toContain("content-type: application/problem+json");
    expect(JSON.parse(body ?? "")).toMatchObject({ status: 408, code: "REQUEST_TIMEOUT" });
    expect(ingress.stored()).toEqual([]);
    await vi.waitFor(
      () => expect(ingress.log.events("request-refused")).toMatchObject([{ code: "REQUEST_TIMEOUT" }]),
      PATIENT,
    );
  });

  it("is cut after 2 s when its headers stall", async () => {
    const { port } = await listen(ingressUnderTest());
    const { socket, ended } = open(port);
    socket.write("POST /webhooks/danaya/");
    expect(await ended).toBeLessThan(3_000);
  });

  it.each([
    ["headers", 14],
    ["body", -14],
  ])(
    "is taken when the rest of its %s came while the process stood still, because it wasn't late",
    async (_what, cut) => {
      const request = head(WEBHOOK, statusChanged().length, "Connection: close\r\n") + statusChanged();
      const [first, rest] = [request.slice(0, cut), request.slice(cut)];
      const ingress = ingressUnderTest();
      const { port } = await listen(ingress);
      const accepted = once(ingress.app.server, "connection");
      const sender = otherThread(port);
      sender.connect(first, rest);
      const [socket] = (await accepted) as [Socket];
      await vi.waitUntil(() => socket.bytesRead === first.length, PATIENT);
      await sender.standStill(2_500);
      expect(await sender.answers()).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 /)]);
      expect(ingress.stored()).toHaveLength(1);
    },
  );

  it("says nothing of the next one on its connection, which has its own time", async () => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const accepted = once(ingress.app.server, "connection");
    const first = head(WEBHOOK, statusChanged().length) + statusChanged();
    const sender = otherThread(port);
    sender.connect(first.slice(0, -14), first.slice(-14) + head(WEBHOOK, 100, "Connection: close\r\n"));
    const [socket] = (await accepted) as [Socket];
    await vi.waitUntil(() => socket.bytesRead === first.length - 14, PATIENT);
    const startedAt = performance.now();
    await sender.standStill(2_500);
    const [answers] = await sender.answers();
    expect(answers?.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 408"]);
    expect(performance.now() - startedAt).toBeGreaterThan(4_000);
  });

  it("is counted when the sender breaks off in the middle, and nothing is stored", async () => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const { socket } = open(port);
    socket.write(`${head(WEBHOOK, 100)}{"webhookId"`);
    await vi.waitFor(async () => expect(await connectionsOf(ingress)).toBe(1), PATIENT);
    socket.destroy();
    await vi.waitFor(
      () => expect(ingress.log.events("request-refused")).toMatchObject([{ code: "BODY_INCOMPLETE" }]),
      PATIENT,
    );
    expect(ingress.stored()).toEqual([]);
  });
});

const connectionsOf = ({ app }: UnderTest) =>
  new Promise<number>((resolve, reject) =>
    app.server.getConnections((err, count) => (err ? reject(err) : resolve(count))),
  );

describe("a refusal", () => {
  it.each([
    ["413 to a body too large", WEBHOOK, 413],
    ["401 to a wrong token", "/webhooks/danaya/wrong", 401],
    ["404 to another path", "/elsewhere", 404],
  ])("reaches a sender who is still sending: %s", async (_what, path, status) => {
    const { url } = await listen(ingressUnderTest());
    const length = { "content-length": 16 * MIB };
    // With "close" Node ends the connection with its answer: what is unread then resets it, before the answer is read.
    for (const headers of [length, { "transfer-encoding": "chunked" }, { ...length, connection: "close" }]) {
      const outgoing = request(url + path, { method: "POST", headers });
      const sent = once(outgoing.end(Buffer.alloc(16 * MIB)), "close"); // rejects when the connection is reset under the sender
      const [answer] = await once(outgoing, "response");
      expect(answer.statusCode).toBe(status);
      expect(JSON.parse(await text(answer))).toMatchObject({ status });
      await sent;
    }
  });

  it("comes before the body: 401 to who has sent the headers only", async () => {
    const { socket } = open((await listen(ingressUnderTest())).port);
    socket.write(head("/webhooks/danaya/wrong", 1_000));
    const [first] = await once(socket, "data");
    expect(String(first)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ["no HTTP at all", "\x16\x03\x01\r\n\r\n", 400, "MALFORMED_REQUEST"],
    ["headers without an end", `GET / HTTP/1.1\r\nPLANTED: ${"x".repeat(20_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"],
  ])("is a problem also for %s, without a word of it", async (_what, bytes, status, code) => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const { socket, received } = open(port);
    socket.write(bytes);
    const answer = await received;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status, code });
    expect(answer + ingress.log.text()).not.toContain("PLANTED");
  });
});

describe("headers that a provider may send", () => {
  it.each([["100-continue"], ["something else"]])(
    "takes a delivery with Expect: %s, because it must not be lost to a header",
    async (expectation) => {
      const { url } = await listen(ingressUnderTest());
      const outgoing = request(url + WEBHOOK, { method: "POST", headers: { expect: expectation } });
      outgoing.end(statusChanged());
      const [answer] = await once(outgoing, "response");
      expect(answer.statusCode).toBe(200);
      expect(JSON.parse(await text(answer))).toMatchObject({ disposition: "accepted" });
    },
  );
});

describe("stopping", () => {
  it("answers all who are connected and wait to be accepted, because they would be reset with the socket", async () => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const bodies = Array.from({ length: 20 }, (_, n) => statusChanged({ webhookId: `waiting ${n}` }));
    const sender = otherThread(port);
    for (const body of bodies) sender.connect(head(WEBHOOK, body.length) + body);
    sender.standStillUntilConnected();
    await ingress.close(10_000);
    expect(await sender.answers()).toEqual(bodies.map(() => expect.stringMatching(/^HTTP\/1\.1 200 /)));
    expect(ingress.stored()).toHaveLength(20);
  });

  function slowIngress() {
    const fake = fakeInbox();
    const gate = Promise.withResolvers<void>();
    const receive: typeof fake.inbox.receive = async (delivery) => {
      await gate.promise;
      return fake.inbox.receive(delivery);
    };
    return { ...ingressUnderTest({ inbox: { ...fake.inbox, receive } }), stored: fake.stored, letStore: gate.resolve };
  }

  it("answers what is in flight, tells the connection that it ends, and takes no new one", async () => {
    const ingress = slowIngress();
    const { url, port } = await listen(ingress);
    const agent = new Agent({ keepAlive: true });
    const outgoing = request(url + WEBHOOK, { method: "POST", agent });
    outgoing.end(statusChanged());
    await vi.waitFor(async () => expect(await connectionsOf(ingress)).toBe(1), PATIENT);
    const closed = ingress.close(10_000);
    await vi.waitUntil(() => !ingress.app.server.listening, PATIENT);
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    ingress.letStore();
    const [answer] = await once(outgoing, "response");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe("close");
    await closed;
    expect(ingress.stored()).toHaveLength(1);
    await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("answers the next request on a connection at rest, and says that it was the last one, because a sender may be about to use it", async () => {
    const ingress = ingressUnderTest();
    const { url } = await listen(ingress);
    const agent = new Agent({ keepAlive: true });
    const post = async (body: string) => {
      const outgoing = request(url + WEBHOOK, { method: "POST", agent });
      outgoing.end(body);
      const [answer] = await once(outgoing, "response");
      await text(answer);
      return answer;
    };
    expect((await post(statusChanged())).headers.connection).not.toBe("close");
    const closed = ingress.close(10_000);
    await vi.waitUntil(() => !ingress.app.server.listening, PATIENT);
    const last = await post(statusChanged({ webhookId: "the last one" }));
    expect([last.statusCode, last.headers.connection]).toEqual([200, "close"]);
    await closed;
    expect(ingress.stored()).toHaveLength(2);
  });

  it("answers who sent on a connection at rest while the process stood still, because he was in time", async () => {
    const ingress = ingressUnderTest();
    const { port } = await listen(ingress);
    const post = (body: string) => head(WEBHOOK, body.length) + body;
    const sender = otherThread(port);
    sender.connect(post(statusChanged()), post(statusChanged({ webhookId: "the last one" })));
    await vi.waitUntil(() => ingress.stored().length === 1, PATIENT);
    const closed = ingress.close(10_000);
    await vi.waitUntil(() => !ingress.app.server.listening, PATIENT);
    await sender.standStill(3_500);
    await closed;
    const [answers] = await sender.answers();
    expect(answers?.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200"]);
    expect(ingress.stored()).toHaveLength(2);
  });

  it("is held up by connections that rest no longer than it told them to, used before or not", async () => {
    const ingress = ingressUnderTest();
    const { url, port } = await listen(ingress);
    const answer = await fetch(`${url}/healthz`);
    await answer.text();
    expect(answer.headers.get("keep-alive")).toBe("timeout=3");
    const unused = open(port);
    await once(unused.socket, "connect");
    await vi.waitFor(async () => expect(await connectionsOf(ingress)).toBe(2), PATIENT);
    const startedAt = performance.now();
    await ingress.close(10_000);
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    await unused.ended;
  });

  it("lets a connection rest for longer than the 60 s after which load balancers end theirs, because they heed no header", () => {
    const { server } = ingressUnderTest().app;
    expect(server.keepAliveTimeout + server.keepAliveTimeoutBuffer).toBeGreaterThan(65_000);
  });

  it("ends what doesn't finish within the grace, because a stalled sender must not hold up a deploy", async () => {
    const ingress = slowIngress();
    const { port } = await listen(ingress);
    const { socket, ended } = open(port);
    socket.write(head(WEBHOOK, statusChanged().length) + statusChanged());
    await vi.waitFor(async () => expect(await connectionsOf(ingress)).toBe(1), PATIENT);
    const startedAt = performance.now();
    await ingress.close(1_000);
    expect(performance.now() - startedAt).toBeLessThan(1_500); // one grace for all that it waits for, not one each
    expect(await ended).toBeLessThan(3_000);
    ingress.letStore();
  });
});

describe("two processes on one port", () => {
  it("share it, so that one can leave while the other takes what arrives", async () => {
    const [first, second] = [ingressUnderTest(), ingressUnderTest()];
    const at = { host: "127.0.0.1", reusePort: true };
    const url = await listenOn(first.app, { ...at, port: 0 });
    await listenOn(second.app, { ...at, port: Number(new URL(url).port) });
    await first.close(1_000);
    const answer = await fetch(url + WEBHOOK, { method: "POST", body: statusChanged() });
    expect(answer.status).toBe(200);
    expect(second.stored()).toHaveLength(1);
  });

  it("is refused without REUSE_PORT, because two that don't know of each other are a mistake", async () => {
    const [first, second] = [ingressUnderTest(), ingressUnderTest()];
    const url = await listenOn(first.app, { host: "127.0.0.1", port: 0 });
    const taken = listenOn(second.app, { host: "127.0.0.1", port: Number(new URL(url).port) });
    await expect(taken).rejects.toMatchObject({ code: "PORT_UNAVAILABLE" });
  });
});
