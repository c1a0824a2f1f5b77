import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgres, queryPostgres } from "@receiver/local-services";

export type OwnPostgres = {
  /** Of a superuser, on an empty database. */
  url: string;
  /** Runs one statement on a connection of its own. */
  run(sql: string): Promise<void>;
  /** Changes settings of the whole server, which takes them up without a restart; null takes one back. */
  configure(settings: Record<string, string | null>): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A Postgres for one test file alone, whose settings may be changed. It begins with those of production: the one that the
 * other tests share keeps nothing on disk, and knows no replication.
 */
export async function startPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "receiver-own-postgres-"));
  const { url, stop } = await findPostgres({ env: {}, mode: "start", dataDir, log: () => undefined });
  const run = async (sql: string) => void (await queryPostgres(url, sql));
  return {
    url,
    run,
    configure: async (settings) => {
      for (const [name, value] of Object.entries(settings)) {
        await run(value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`);
      }
      await run("select pg_reload_conf()");
    },
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
