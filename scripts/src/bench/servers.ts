import { tmpdir } from "node:os";
import { migrate } from "@receiver/ledger";
import { type FindOptions, findPostgres, findRedis, queryPostgres, sendToRedis } from "@receiver/local-services";

/** Rows of one statement. */
export type Query = <Row>(sql: string) => Promise<Row[]>;
/** What one measurement stands on. */
export type Ground = { databaseUrl: string; redisUrl: string; query: Query };

export type Servers = {
  /** A database of its own with the schema, and an empty Redis. */
  prepare(name: string): Promise<Ground>;
  /** Their versions. */
  describe(): Promise<string>;
  stop(): Promise<void>;
};

/** Servers of the bench's own, as durable as those of `npm start`: a commit is flushed to the disk. */
export async function startServers(log: (line: string) => void): Promise<Servers> {
  const env = { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined };
  const options: FindOptions = { env, mode: "bench", dataDir: tmpdir(), log };
  await using starting = new AsyncDisposableStack();
  const redis = await findRedis(options);
  starting.defer(redis.stop);
  if (redis.source === "none") throw new Error(`the bench needs a real Redis: ${redis.why}`);
  const postgres = await findPostgres(options);
  starting.defer(postgres.stop);
  const started = starting.move();
  return {
    prepare: async (name) => {
      await queryPostgres(postgres.url, `create database ${name}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      await migrate(url.href);
      await sendToRedis(redis.url, ["FLUSHALL"]);
      const query = async <Row>(sql: string) => (await queryPostgres(url.href, sql)) as Row[];
      return { databaseUrl: url.href, redisUrl: redis.url, query };
    },
    describe: async () => {
      const [row] = await queryPostgres(postgres.url, "show server_version");
      const info = String(await sendToRedis(redis.url, ["INFO", "server"]));
      return `Postgres ${row?.server_version}, Redis ${/redis_version:(\S+)/.exec(info)?.[1]}`;
    },
    stop: () => started.disposeAsync(),
  };
}
