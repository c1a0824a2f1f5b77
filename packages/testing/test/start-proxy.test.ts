import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startProxy } from "../src/start-proxy.ts";

/** Answers everything with its own name in front. */
async function echo(name: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", (data) => socket.write(`${name}:${data}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `tcp://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/path?query`;
}

async function proxyOf(target: string) {
  const proxy = await startProxy(target);
  onTestFinished(proxy.close);
  return proxy;
}

function client(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = "";
  let closed = false;
  socket.on("data", (data) => {
    heard += data;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  return { socket, heard: () => heard, closed: () => closed };
}

async function refusal(url: string): Promise<unknown> {
  const { socket } = client(url);
  const [error] = await once(socket, "error");
  return error.code;
}

test("keeps all of the target's URL but its address", async () => {
  const target = await echo("a");
  const { url } = await proxyOf(target);
  expect(url.replace(/:\d+\//, ":PORT/")).toBe("tcp://user:secret@127.0.0.1:PORT/path?query");
  expect(url).not.toBe(target);
});

test("cut destroys connections and refuses new ones; restore brings back the same address", async () => {
  const proxy = await proxyOf(await echo("a"));
  const before = client(proxy.url);
  before.socket.write("one");
  await expect.poll(before.heard).toBe("a:one");
  await proxy.cut();
  await expect.poll(before.closed).toBe(true);
  expect(await refusal(proxy.url)).toBe("ECONNREFUSED");
  await proxy.restore();
  const after = client(proxy.url);
  after.socket.end("two");
  await expect.poll(after.heard).toBe("a:two");
});

test("restoring what already forwards changes nothing, because bytes piped twice would arrive twice", async () => {
  const proxy = await proxyOf(await echo("a"));
  const { socket, heard } = client(proxy.url);
  socket.write("one");
  await expect.poll(heard).toBe("a:one");
  await proxy.restore();
  socket.write("two");
  await expect.poll(heard).toBe("a:onea:two");
});

test("hang keeps old and new connections open and passes nothing, until restore passes what was held back", async () => {
  const proxy = await proxyOf(await echo("a"));
  const old = client(proxy.url);
  old.socket.write("one");
  await expect.poll(old.heard).toBe("a:one");
  proxy.hang();
  const young = client(proxy.url);
  old.socket.write("two");
  young.socket.write("three");
  await once(young.socket, "connect");
  await expect.poll(() => young.socket.writableLength + old.socket.writableLength).toBe(0);
  // A round trip through another proxy of the same process: had the first one passed anything on, it would be here by now.
  const witness = client((await proxyOf(await echo("b"))).url);
  witness.socket.write("x");
  await expect.poll(witness.heard).toBe("b:x");
  expect([old.heard(), young.heard(), old.closed(), young.closed()]).toEqual(["a:one", "", false, false]);

  await proxy.restore();
  await expect.poll(() => [old.heard(), young.heard()]).toEqual(["a:onea:two", "a:three"]);
  for (const { socket } of [old, young]) socket.destroy();
});

test("retarget leads new connections elsewhere, because a server that was started again may have another port", async () => {
  const proxy = await proxyOf(await echo("a"));
  proxy.retarget(await echo("b"));
  const { socket, heard } = client(proxy.url);
  socket.write("one");
  await expect.poll(heard).toBe("b:one");
  socket.destroy();
});

test("closes a connection whose target is not there, as a server would that just died", async () => {
  const { url } = await proxyOf("tcp://127.0.0.1:1");
  await expect.poll(client(url).closed).toBe(true);
});
