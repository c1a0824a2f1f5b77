import { join, resolve } from "node:path";
import { onFreePort } from "../child/free-port.ts";
import { keepRunning } from "../child/keep-running.ts";
import { occupyFolder, type ServerFolder } from "../child/occupy-folder.ts";
import type { EndSignals } from "../child/processes.ts";
import { runServer } from "../child/run-server.ts";
import type { FindOptions, FoundPostgres } from "../found.ts";
import { queryPostgres } from "../query-postgres.ts";
import { provideBinaries } from "./postgres-binaries.ts";
import { openCluster } from "./postgres-cluster.ts";
import { settingsFor } from "./postgres-settings.ts";
import { ownFolder, ownTemporaryFolder, placesFor } from "./reachable-folder.ts";
import { type Account, chooseAccount } from "./server-account.ts";

const DATABASE = "receiver";

/**
 * SIGINT is Postgres's fast shutdown: open transactions are rolled back. SIGQUIT leaves recovery to the next start, and takes
 * the processes of its connections along, which SIGKILL would leave behind.
 */
const signals: EndSignals = { first: "SIGINT", last: "SIGQUIT", patienceMs: 15_000 };

/** Starts the Postgres that npm brought: on loopback, a port of its own, a random password. */
export async function startEmbeddedPostgres(
  options: FindOptions,
  why: string,
  places = placesFor(),
): Promise<FoundPostgres> {
  const { account, folder } = await choosePlace(options, places);
  const binaries = await provideBinaries(account, places);
  const { guard, leave } = await occupyFolder("Postgres", folder, signals, options.log);
  const home = folder.path;

  try {
    const { data, password } = await openCluster({
      home,
      binaries: binaries.folder,
      account,
      mode: options.mode,
      guard,
    });
    const startOn = async (port: number) => {
      const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
      const plan = {
        ...{ name: "Postgres", command: join(binaries.folder, "bin", "postgres"), folder: home, signals, account },
        args: [...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""], ...settingsFor(options.mode)],
        mark: data,
        ask: () => createDatabaseOnce(url("postgres")),
      };
      return { url: url(DATABASE), server: await keepRunning("Postgres", () => runServer(plan, guard), options.log) };
    };
    const { server, url } = await onFreePort(startOn);
    const found = `${why}: ${binaries.version} from npm, its data in ${home}`;
    return {
      source: "embedded",
      url,
      why: found,
      restart: () => server.restart().then(() => url),
      stop: () => server.stop().then(leave),
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function choosePlace(
  { mode, dataDir }: FindOptions,
  places: readonly string[],
): Promise<{ account: Account | null; folder: ServerFolder }> {
  const wanted = resolve(dataDir, "postgres");
  const account = await chooseAccount(mode === "start" ? wanted : null);
  if (mode !== "start") return { account, folder: { path: await ownTemporaryFolder(account), lifetime: "temporary" } };
  return { account, folder: { path: await ownFolder(wanted, account, places), lifetime: "kept" } };
}

/** Answering this is what being up means: Postgres accepts connections and the database is there. */
async function createDatabaseOnce(adminUrl: string): Promise<void> {
  const found = await queryPostgres(adminUrl, "select 1 from pg_database where datname = $1", [DATABASE]);
  if (found.length === 0) await queryPostgres(adminUrl, `create database ${DATABASE}`);
}
