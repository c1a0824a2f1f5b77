import { tmpdir } from "node:os";
import { migrate } from "@receiver/ledger";
import { type FindOptions, findPostgres, findRedis, queryPostgres } from "@receiver/local-services";

/** One statement on a connection of its own. */
export type Query = <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;

export type Services = { databaseUrl: string; redisUrl: string; query: Query; stop(): Promise<void> };

/** Servers of the run's own: what it sends is not for anybody's database. */
export async function startServices(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Services> {
  const own = { ...env, DATABASE_URL: undefined, REDIS_URL: undefined };
  const options: FindOptions = { env: own, mode: "test", dataDir: tmpdir(), log };
  await using starting = new AsyncDisposableStack();
  const redis = await findRedis(options);
  if (redis.source === "none") throw new Error(`the fuzz run needs a real Redis: ${redis.why}`);
  starting.defer(redis.stop);
  const postgres = await findPostgres(options);
  starting.defer(postgres.stop);
  await migrate(postgres.url);
  const started = starting.move();
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    query: async <Row>(sql: string, values?: unknown[]) => (await queryPostgres(postgres.url, sql, values)) as Row[],
    stop: () => started.disposeAsync(),
  };
}
