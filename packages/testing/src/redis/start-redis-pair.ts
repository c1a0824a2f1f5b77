import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FoundRedis, findRedis, sendToRedis } from "@receiver/local-services";
import { vi } from "vitest";
import { startProxy } from "../start-proxy.ts";

export type RedisPair = {
  /** The name that clients know. It leads to the primary, and after a failover to what was the replica. */
  url: string;
  /** One command to whoever is the primary. */
  command(...words: string[]): Promise<string | number | null>;
  /** Takes the way to the primary, or lets it hang. */
  proxy: Pick<Awaited<ReturnType<typeof startProxy>>, "cut" | "hang" | "restore">;
  /** From now on the replica learns nothing. It has all that came before. */
  fallBehind(): Promise<void>;
  /**
   * The replica becomes the primary and the name leads to it. `crash`: connections break. `demotion`: the old primary lives on as its
   * replica, keeps its clients, and refuses what they write.
   */
  failOver(how: "crash" | "demotion"): Promise<void>;
  /** A crash of the primary, with nothing on its disk. */
  restartEmpty(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A primary and its replica, processes of this machine that nobody else uses: their settings may be changed. Throws where neither
 * `redis-server` nor `valkey-server` is on the PATH; see {@link describeWithRedisPair}.
 */
export async function startRedisPair(): Promise<RedisPair> {
  const dataDirs = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "receiver-redis-pair-"))));
  const [first, second] = (await Promise.all(dataDirs.map(startServer))) as [Server, Server];
  const replicaUrl = await withPasswordOf(first.url, second.url);
  const link = await startProxy(first.url);
  const proxy = await startProxy(first.url);
  await sendToRedis(first.url, ["CONFIG", "SET", "repl-diskless-sync-delay", "0"]); // no other replica is to be waited for
  await follow(replicaUrl, link.url);
  let primaryUrl = first.url;

  return {
    url: proxy.url,
    command: (...words) => sendToRedis(primaryUrl, words),
    proxy,
    async fallBehind() {
      await untilLevel(first.url, replicaUrl);
      await link.cut();
    },
    async failOver(how) {
      await sendToRedis(replicaUrl, ["REPLICAOF", "NO", "ONE"]);
      primaryUrl = replicaUrl;
      proxy.retarget(replicaUrl);
      if (how === "demotion") return follow(first.url, replicaUrl);
      await proxy.cut();
      await proxy.restore();
    },
    async restartEmpty() {
      await proxy.cut();
      await sendToRedis(primaryUrl, ["FLUSHALL"]);
      await first.restart();
      await proxy.restore();
    },
    async stop() {
      await Promise.all([proxy.close(), link.close()]);
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all(dataDirs.map((dir) => rm(dir, { recursive: true, force: true })));
    },
  };
}

type Server = Pick<FoundRedis, "url" | "restart" | "stop">;

async function startServer(dataDir: string): Promise<Server> {
  const redis = await findRedis({ env: { PATH: process.env.PATH }, mode: "start", dataDir, log: () => undefined });
  if (redis.source === "none") throw new Error(`two servers are needed here: ${redis.why}`);
  return redis;
}

/** Clients know one password, whichever server the name leads to. @returns the second one's URL from then on. */
async function withPasswordOf(url: string, otherUrl: string): Promise<string> {
  const { password } = new URL(url);
  await sendToRedis(otherUrl, ["CONFIG", "SET", "requirepass", password]);
  const changed = new URL(otherUrl);
  changed.password = password;
  return changed.href;
}

async function follow(replicaUrl: string, primaryUrl: string): Promise<void> {
  const { hostname, port, password } = new URL(primaryUrl);
  await sendToRedis(replicaUrl, ["CONFIG", "SET", "masterauth", password]);
  await sendToRedis(replicaUrl, ["REPLICAOF", hostname, port]);
}

async function untilLevel(primaryUrl: string, replicaUrl: string): Promise<void> {
  const offsetOf = async (url: string, field: string) =>
    new RegExp(`^${field}:(\\d+)`, "m").exec(String(await sendToRedis(url, ["INFO", "replication"])))?.[1];
  await vi.waitFor(
    async () => {
      const [told, heard] = [
        await offsetOf(primaryUrl, "master_repl_offset"),
        await offsetOf(replicaUrl, "slave_repl_offset"),
      ];
      if (told === undefined || told !== heard) throw new Error(`the replica is at ${heard} of ${told}`);
    },
    { timeout: 30_000, interval: 50 },
  );
}
