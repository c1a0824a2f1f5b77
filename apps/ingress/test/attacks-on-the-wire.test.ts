import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { boundStrangers } from "../src/bound-strangers.ts";
import { ingressUnderTest, statusChanged, type UnderTest, WEBHOOK } from "./ingress-under-test.ts";

// A body or headers that stall: connections.test.ts.

const PATIENT = { timeout: 20_000 }; // of a machine that does much else
const body = statusChanged();
const length = body.length;
const post = (headers: string, sent = body, path = WEBHOOK, version = "1.1") =>
  `POST ${path} HTTP/${version}\r\nHost: PLANTED\r\n${headers}\r\n\r\n${sent}`;
/** What is smuggled: another delivery, behind or inside the one that bears it. */
const inner = post(`Content-Length: ${length}`);
const chunk = (size: string, sent = body) => `${size}\r\n${sent}\r\n0\r\n\r\n`;
const chunked = "Transfer-Encoding: chunked";

function open(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined); // being reset is one way to be cut
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function listen({ app }: UnderTest): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

describe("a request that two servers would read differently", () => {
  it.each([
    ["both lengths, chunked first", post(`${chunked}\r\nContent-Length: 4`, `0\r\n\r\n${inner}`)],
    ["both lengths, chunked last", post(`Content-Length: ${length}\r\n${chunked}`, `0\r\n\r\n${inner}`)],
    ["two lengths that differ", post(`Content-Length: ${length}\r\nContent-Length: 0`) + inner],
    ["one length twice", post(`Content-Length: ${length}\r\nContent-Length: ${length}`)],
    ["a list of lengths", post(`Content-Length: ${length}, ${length}`)],
    ["a length with a sign", post(`Content-Length: +${length}`)],
    ["a negative length", post("Content-Length: -1")],
    ["a length in hexadecimal", post("Content-Length: 0x10")],
    ["a length beyond 64 bits", post(`Content-Length: ${"9".repeat(30)}`)],
    ["a space before the colon", post(`Content-Length : ${length}`)],
    ["an unknown coding", post("Transfer-Encoding: xchunked", `0\r\n\r\n${inner}`)],
    ["a coding behind chunked", post("Transfer-Encoding: chunked, identity", `0\r\n\r\n${inner}`)],
    ["a coding in a folded line", post(`Transfer-Encoding:\r\n chunked\r\nContent-Length: ${length}`)],
    ["a folded line", post(`X-A: a\r\n PLANTED\r\nContent-Length: ${length}`)],
    ["a line that ends in LF", post(`X-A: PLANTED\nContent-Length: ${length}`)],
    ["a CR within a line", post(`X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: ${length}`)],
    ["a NUL in a header", post(`X-A: a\0b\r\nContent-Length: ${length}`)],
    ["a chunk whose size is no number", post(chunked, chunk("zz"))],
    ["a chunk with 0x", post(chunked, chunk("0x5"))],
    ["a chunk of negative size", post(chunked, chunk("-5"))],
    ["a chunk beyond 64 bits", post(chunked, chunk("f".repeat(18)))],
    ["a chunk longer than its size", post(chunked, chunk("5", body + inner))],
    ["a chunk whose line ends in LF", post(chunked, `${length.toString(16)}\n${body}\r\n0\r\n\r\n`)],
    ["an extension of a chunk that ends in LF", post(chunked, chunk(`${length.toString(16)};a\n`))],
    ["an extension of a chunk without an end", post(chunked, chunk(`1;${"a".repeat(20_000)}`))],
    ["HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])(
    "is answered 400 once, and its connection ends, because what follows may be smuggled: %s",
    async (_what, bytes) => {
      const ingress = ingressUnderTest();
      const socket = open(await listen(ingress));
      const received = text(socket);
      socket.write(bytes);
      const answer = await received; // ends when the ingress ends it
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
      expect(answer).toMatch(/\r\nconnection: close\r\n/);
      expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").code).toBe("MALFORMED_REQUEST");
      expect(answer + ingress.log.text()).not.toContain("PLANTED");
      expect(ingress.stored()).toEqual([]);
    },
  );

  it.each([
    [
      "trailers without an end",
      post(chunked, `${length.toString(16)}\r\n${body}\r\n0\r\nX: ${"a".repeat(20_000)}`),
      431,
    ],
    ["thousands of headers", post(`${Array(5_000).fill("a:").join("\r\n")}\r\nContent-Length: ${length}`), 431],
    ["a path with dots", post(`Content-Length: ${length}`, body, `/x/..${WEBHOOK}`), 404],
    ["a line break in the token", post(`Content-Length: ${length}`, body, `${WEBHOOK}%0d%0aX-A:%20PLANTED`), 401],
    [
      "another delivery as the body of a refused one",
      post(`Content-Length: ${inner.length}`, inner, "/webhooks/danaya/wrong"),
      401,
    ],
  ])("is answered once and stores nothing: %s", async (_what, bytes, status) => {
    const ingress = ingressUnderTest();
    const socket = open(await listen(ingress));
    const received = text(socket);
    socket.write(bytes);
    await vi.waitUntil(() => ingress.log.events("request-refused").length > 0 || socket.closed, PATIENT);
    socket.end();
    const answer = await received;
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(answer + ingress.log.text()).not.toContain("PLANTED");
    expect(ingress.stored()).toEqual([]);
  });
});

describe("who holds connections", () => {
  it("by a byte now and then gains no time: headers and bodies have 2 s in all", async () => {
    const ingress = ingressUnderTest();
    const port = await listen(ingress);
    const startedAt = performance.now();
    const tricklers = [post(`Content-Length: ${length}`).slice(0, 20), post(`Content-Length: ${length}`, "{")].map(
      (begun) => {
        const socket = open(port);
        socket.write(begun);
        const timer = setInterval(() => socket.write("a"), 100);
        onTestFinished(() => clearInterval(timer));
        return text(socket);
      },
    );
    for (const answer of await Promise.all(tricklers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(ingress.stored()).toEqual([]);
  });

  it("with 1,000 that say nothing keeps nobody out, and loses them after 2 s", async () => {
    const ingress = ingressUnderTest();
    const port = await listen(ingress);
    const accepted = { count: 0 };
    ingress.app.server.on("connection", () => {
      accepted.count += 1;
    });
    const idle = Array.from({ length: 1_000 }, () => open(port).resume());
    await vi.waitUntil(() => accepted.count === idle.length, PATIENT);
    const answer = await fetch(`http://127.0.0.1:${port}${WEBHOOK}`, { method: "POST", body });
    expect(answer.status).toBe(200);
    expect(idle.some((socket) => !socket.closed)).toBe(true); // they were there while it was answered
    await vi.waitUntil(() => idle.every((socket) => socket.closed), PATIENT);
  });

  it("beyond what is kept ends his first ones, and never who has shown that he may send", async () => {
    const server = createServer();
    const ended = vi.fn();
    const { recognise } = boundStrangers(server, ended, 3);
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const connectOne = async () => {
      const accepted = once(server, "connection");
      const socket = open((server.address() as AddressInfo).port).resume();
      const [theirs] = (await accepted) as [Socket];
      return { socket, theirs };
    };
    const provider = await connectOne();
    recognise(provider.theirs);
    const strangers: Awaited<ReturnType<typeof connectOne>>[] = [];
    for (let count = 0; count < 5; count += 1) strangers.push(await connectOne());
    await vi.waitUntil(() => strangers.filter(({ socket }) => socket.closed).length === 2, PATIENT);
    expect(strangers.map(({ socket }) => socket.closed)).toEqual([true, true, false, false, false]);
    expect(provider.socket.closed).toBe(false);
    expect(ended).toHaveBeenCalledTimes(2);
    for (const { socket } of [provider, ...strangers]) socket.destroy();
  });
});
