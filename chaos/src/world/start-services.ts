import { tmpdir } from "node:os";
import { type FindOptions, findPostgres, findRedis, queryPostgres, sendToRedis } from "@receiver/local-services";
import { startProxy } from "@receiver/testing/processes";

/** One statement on a connection of its own, past the proxy. Rejects while Postgres is away. */
export type Query = <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;

type TcpProxy = Awaited<ReturnType<typeof startProxy>>;

/** What the product stands on. It reaches both through proxies; the suite goes around them. */
export type Services = {
  postgres: { proxy: TcpProxy; query: Query; crash(): Promise<void> };
  redis: { proxy: TcpProxy; empty(): Promise<void>; crash(): Promise<void> };
  stop(): Promise<void>;
};

/** Servers of the suite's own: it empties and crashes them, so DATABASE_URL and REDIS_URL are not for it. */
export async function startServices(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Services> {
  const own = { ...env, DATABASE_URL: undefined, REDIS_URL: undefined };
  const options: FindOptions = { env: own, mode: "test", dataDir: tmpdir(), log };
  await using starting = new AsyncDisposableStack();
  const found = await findRedis(options);
  if (found.source === "none") throw new Error(`the chaos suite needs a real Redis: ${found.why}`);
  starting.defer(found.stop);
  const postgresFound = await findPostgres(options);
  starting.defer(postgresFound.stop);
  await refuseForgetful(postgresFound.url);
  const redis = await behindProxy(found);
  starting.defer(redis.proxy.close);
  const postgres = await behindProxy(postgresFound);
  starting.defer(postgres.proxy.close);
  const started = starting.move();
  return {
    postgres: {
      ...postgres,
      query: async <Row>(sql: string, values?: unknown[]) =>
        (await queryPostgres(postgres.url(), sql, values)) as Row[],
    },
    redis: { ...redis, empty: async () => void (await sendToRedis(redis.url(), ["FLUSHALL"])) },
    stop: () => started.disposeAsync(),
  };
}

/** One that answers before it has written loses what is committed when it is crashed: the product would be judged for that. */
async function refuseForgetful(url: string): Promise<void> {
  const [row] = await queryPostgres(url, "select current_setting('synchronous_commit') as commits");
  if (row?.commits === "off") throw new Error("the chaos suite needs a Postgres with synchronous_commit = on");
}

async function behindProxy(server: { url: string; restart(): Promise<string> }) {
  let url = server.url;
  const proxy = await startProxy(url);
  const crash = async () => {
    url = await server.restart();
    proxy.retarget(url);
  };
  return { proxy, url: () => url, crash };
}
