import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf, systemPath } from "../child/processes.ts";
import type { Mode } from "../found.ts";
import type { Guard } from "../guard.ts";
import type { Account } from "./server-account.ts";

/** A data directory and the password of its user `postgres`. */
export type Cluster = { data: string; password: string };

type Making = { home: string; binaries: string; account: Account | null; mode: Mode; guard: Guard };

/** The cluster in `home`, made there if there is none yet. The password lies beside the data, readable by its owner alone. */
export async function openCluster(making: Making): Promise<Cluster> {
  const data = join(making.home, "data");
  const passwordFile = join(making.home, "password");
  await removeLeftovers(making.home);
  const exists = await stat(data).catch(() => null);
  if (exists) {
    await removeForeignLock(data);
    return { data, password: await readPassword(passwordFile) };
  }
  const password = randomBytes(24).toString("hex");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (making.account) await chown(passwordFile, making.account.uid, making.account.gid);
  await makeCluster(making, data, passwordFile);
  return { data, password };
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch {
    throw new Error(
      `${file} is missing: without it the database beside it can't be opened. Put it back, or remove that folder`,
    );
  }
}

/** A folder half made by a run that was killed. */
async function removeLeftovers(home: string): Promise<void> {
  const names = await readdir(home);
  await Promise.all(
    names.filter((name) => name.startsWith("data.new-")).map((name) => rm(join(home, name), { recursive: true })),
  );
}

/** Made beside its place and moved there when whole, so that a run that is killed leaves none that is half made. */
async function makeCluster(
  { home, binaries, account, mode, guard }: Making,
  data: string,
  passwordFile: string,
): Promise<void> {
  const unfinished = `${data}.new-${process.pid}`;
  const making = [
    ...["--pgdata", unfinished, "--username", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    // Postgres's own C.UTF-8: the same order on every system, whatever locales are installed.
    ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
    ...["--no-instructions", ...(mode === "test" ? ["--no-sync"] : [])],
  ];
  await runInitdb(join(binaries, "bin", "initdb"), making, account, guard);
  await rename(unfinished, data);
  const folder = await open(home);
  await folder.sync().finally(() => folder.close());
}

async function runInitdb(command: string, args: string[], account: Account | null, guard: Guard): Promise<void> {
  const options = { ...account, cwd: "/", detached: true, env: { PATH: systemPath(), LC_ALL: "C", TZ: "UTC" } };
  const initdb = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  guard.watch(initdb.pid ?? null);
  const said: Buffer[] = [];
  initdb.stdout.on("data", (chunk) => said.push(chunk));
  initdb.stderr.on("data", (chunk) => said.push(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  initdb.once("close", resolve).once("error", reject);
  const code = await promise.finally(() => guard.watch(null));
  if (code !== 0) throw new Error(`initdb failed (${code})\n${Buffer.concat(said).toString("utf8").trimEnd()}`);
}

/**
 * After a crash the data's lock names a process id that something else may bear by now, after a restart of a container
 * above all: Postgres would refuse to start for ever.
 */
async function removeForeignLock(data: string): Promise<void> {
  const lock = join(data, "postmaster.pid");
  const pid = Number.parseInt(await readFile(lock, "utf8").catch(() => ""), 10);
  if (Number.isNaN(pid)) return;
  const command = commandOf(pid);
  if (command !== null && !/postgres|postmaster/.test(command)) await rm(lock, { force: true });
}
