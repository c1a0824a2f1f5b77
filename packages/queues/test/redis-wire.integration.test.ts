import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithRedisPair, selfSigned, startRedisPair } from "@receiver/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseBackend } from "../src/index.ts";
import { openBench, untilState } from "./queue-bench.ts";
import { createQueuesUser } from "./queues-user.ts";

describeWithRedisPair("the wire to Redis", () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startTlsRedis>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "receiver-redis-wire-"));
    server = await startTlsRedis(folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const bench = (url: string) => openBench(chooseBackend({ redisUrl: url, databaseUrl: "postgres://unused" }));

  test("may be TLS, with the authority that the URL names and the user that may use the queues alone", async () => {
    const t = bench(`${server.url}?sslrootcert=${server.authority}`);
    await t.work({});
    await untilState(t.producer, await t.publish(), "completed");
    await t.close();
  });

  test.each([
    ["a key beside the queues'", "GET", "session:1"],
    ["all keys", "KEYS", "*"],
    ["to empty it", "FLUSHALL"],
    ["its settings", "CONFIG", "GET", "*"],
    ["its users", "ACL", "LIST"],
    ["to copy it away", "REPLICAOF", "198.51.100.1", "6379"],
    ["what others say", "MONITOR"],
    [
      "a function that stays on the server",
      "FUNCTION",
      "LOAD",
      "#!lua name=mine\nredis.register_function('mine', function() end)",
    ],
    ["others' scripts, to stop or forget them", "SCRIPT", "FLUSH"],
    ["the names of keys beside the queues'", "SCAN", "0"],
  ])("refuses the queues' user %s", async (_what, command, ...words) => {
    const client = new Redis(server.url, { tls: { ca: await readFile(server.authority) } });
    await expect(client.call(command, words)).rejects.toThrow("NOPERM");
    client.disconnect();
  });

  test.each<[string, (url: string) => string]>([
    ["by another authority", (url) => `${url}?sslrootcert=${join(folder, "other.pem")}`],
    ["by nobody who is known", (url) => url],
    ["under another name", (url) => `${url.replace("localhost", "127.0.0.1")}?sslrootcert=${server.authority}`],
  ])("is not used when the server is vouched for %s", async (_how, change) => {
    const t = bench(change(server.url));
    await expect(t.producer.check()).rejects.toMatchObject({ infrastructure: true });
    await t.close();
  });
});

/** Reached over TLS at `localhost`, as the queues' user. */
async function startTlsRedis(folder: string) {
  const pair = await startRedisPair();
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  const own = selfSigned();
  await writeFile(files.key, own.key);
  await writeFile(files.cert, own.cert);
  await writeFile(join(folder, "other.pem"), selfSigned().cert);
  const [port, user] = [await freePort(), await createQueuesUser(pair.url)];
  const settings = { "tls-cert-file": files.cert, "tls-key-file": files.key, "tls-ca-cert-file": files.cert };
  const client = new Redis(pair.url);
  await client.config(
    "SET",
    ...Object.entries({ ...settings, "tls-auth-clients": "no", "tls-port": String(port) }).flat(),
  );
  client.disconnect();
  const { username, password } = new URL(user.url);
  return { url: `rediss://${username}:${password}@localhost:${port}`, authority: files.cert, stop: pair.stop };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
