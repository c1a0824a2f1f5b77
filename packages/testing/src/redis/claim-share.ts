import { sendToRedis } from "@receiver/local-services";

/** The part of a Redis server that one test has for itself. */
export type Share = {
  url: string;
  /** The command that empties it. */
  emptying: string[];
  release(): Promise<void>;
};

const DATABASES = 16; // Redis's default
const CLAIM = "receiver-test-claim";

/** Takes the first empty numbered database but 0, in which somebody's own data would lie. */
export async function claimShare(serverUrl: string): Promise<Share> {
  for (let index = 1; index < DATABASES; index += 1) {
    const url = new URL(serverUrl);
    url.pathname = `/${index}`;
    if (await claim(url.href)) {
      return {
        url: url.href,
        // In one step, or another test would claim it in between.
        emptying: ["EVAL", "redis.call('FLUSHDB') return redis.call('SET', KEYS[1], '1')", "1", CLAIM],
        release: async () => void (await sendToRedis(url.href, ["FLUSHDB"])),
      };
    }
  }
  throw new Error(`REDIS_URL names a server of which no database from 1 to ${DATABASES - 1} is empty`);
}

async function claim(url: string): Promise<boolean> {
  return (await sendToRedis(url, ["DBSIZE"])) === 0 && (await sendToRedis(url, ["SET", CLAIM, "1", "NX"])) === "OK";
}
