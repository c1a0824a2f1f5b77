import { tmpdir } from "node:os";
import { findRedis, sendToRedis } from "@receiver/local-services";
import { startProxy } from "../start-proxy.ts";
import { claimShare, type Share } from "./claim-share.ts";

export type TestRedis = {
  url: string;
  /** Gone at once: connections are destroyed, new ones refused. */
  kill(): Promise<void>;
  /** Back at the same address after `kill`, as after a crash: with the data that it had written to disk. */
  start(): Promise<void>;
  /** Forgets everything. Rejects after `kill`. */
  flush(): Promise<void>;
  /** At the end of the test. */
  stop(): Promise<void>;
};

/**
 * A Redis for one test file. The clients talk to a proxy, whose address outlives the server's crashes. Where `REDIS_URL`
 * names the server, the test has a numbered database of it for itself, and `kill` takes only the way to it.
 */
export async function startRedis(): Promise<TestRedis> {
  const redis = await findRedis({ env: process.env, mode: "test", dataDir: tmpdir(), log: () => undefined });
  if (redis.source === "none") throw new Error(`this test needs a real Redis: ${redis.why}`);
  const share: Share = redis.source === "REDIS_URL" ? await claimShare(redis.url) : whole(redis.url);
  const proxy = await startProxy(share.url);
  return {
    url: proxy.url,
    kill: proxy.cut,
    async start() {
      proxy.retarget(await redis.restart());
      await proxy.restore();
    },
    flush: async () => void (await sendToRedis(proxy.url, share.emptying)),
    async stop() {
      await proxy.close();
      await share.release();
      await redis.stop();
    },
  };
}

function whole(url: string): Share {
  return { url, emptying: ["FLUSHALL"], release: async () => undefined };
}
