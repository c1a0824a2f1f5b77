import { spawn } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { provideBinaries } from "../src/embedded/postgres-binaries.ts";
import { startEmbeddedPostgres } from "../src/embedded/start-embedded-postgres.ts";
import { type FindOptions, findPostgres, queryPostgres } from "../src/index.ts";
import { describePostgres } from "./held-servers.ts";
import { closedFolder, openFolder } from "./temporary-folders.ts";

function options(mode: FindOptions["mode"], dataDir: string): FindOptions {
  return { env: {}, mode, dataDir, log: () => undefined };
}

async function start(from: FindOptions, places?: string[]) {
  const postgres = await startEmbeddedPostgres(from, "tested", places);
  onTestFinished(postgres.stop);
  return postgres;
}

test("takes DATABASE_URL as it is", async () => {
  const found = await findPostgres({
    ...options("start", "/nonexistent"),
    env: { DATABASE_URL: "postgres://elsewhere/db" },
  });
  expect(found).toMatchObject({ source: "DATABASE_URL", url: "postgres://elsewhere/db" });
  expect(await found.restart()).toBe("postgres://elsewhere/db");
});

test("a test's server forgets at stop: nothing is forced to disk, and its folder is removed", async () => {
  const { url, stop } = await start(options("test", "/nonexistent"));
  expect(await queryPostgres(url, "select current_setting('fsync') as fsync")).toEqual([{ fsync: "off" }]);
  const { folder } = await describePostgres(url);
  await stop();
  expect(existsSync(folder)).toBe(false);
});

test("a bench's server flushes each commit, because that is what is measured, and its folder is removed at stop", async () => {
  const { url, stop } = await start(options("bench", "/nonexistent"));
  const settings = "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits";
  expect(await queryPostgres(url, settings)).toEqual([{ fsync: "on", commits: "on" }]);
  const { folder } = await describePostgres(url);
  await stop();
  expect(existsSync(folder)).toBe(false);
});

test("a started server is durable, sorts the same on every system, and lets in its password alone", async () => {
  const { url } = await start(options("start", openFolder()));
  const settings = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "server_encoding",
    "listen_addresses",
    "log_error_verbosity",
  ];
  const rows = await queryPostgres(url, "select name, setting from pg_settings where name = any($1)", [settings]);
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    ...{ fsync: "on", synchronous_commit: "on", full_page_writes: "on" },
    ...{ server_encoding: "UTF8", listen_addresses: "127.0.0.1", log_error_verbosity: "terse" },
  });
  expect(await queryPostgres(url, "select datlocale from pg_database where datname = current_database()")).toEqual([
    { datlocale: "C.UTF-8" },
  ]);
  const wrong = new URL(url);
  wrong.password = "guessed";
  await expect(queryPostgres(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
});

test("comes back from a crash with what was committed, at the same address and without what was not", async () => {
  const postgres = await start(options("start", openFolder()));
  await queryPostgres(postgres.url, "create table kept as select 42 as answer");
  const startedAt = "select pg_postmaster_start_time() as at";
  const before = await queryPostgres(postgres.url, startedAt);
  const underWay = queryPostgres(postgres.url, "insert into kept select 43 from (select pg_sleep(60)) as waiting");
  const ended = expect(underWay).rejects.toThrow();
  const running = "select from pg_stat_activity where query like 'insert into kept%' and wait_event = 'PgSleep'";
  await expect.poll(() => queryPostgres(postgres.url, running)).toHaveLength(1);
  expect(await postgres.restart()).toBe(postgres.url);
  await ended;
  expect(await queryPostgres(postgres.url, startedAt)).not.toEqual(before);
  expect(await queryPostgres(postgres.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("its password lies beside the data, for its owner alone, and opens it after a restart", async () => {
  const dataDir = openFolder();
  const first = await start(options("start", dataDir));
  expect(statSync(join(dataDir, "postgres", "password")).mode & 0o777).toBe(0o600);
  await queryPostgres(first.url, "create table kept as select 42 as answer");
  await first.stop();
  const second = await start(options("start", dataDir));
  expect(await queryPostgres(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

describe("over the data of an earlier run", () => {
  let dataDir = "";
  const inHome = (...path: string[]) => join(dataDir, "postgres", ...path);

  beforeAll(async () => {
    const cleanUp: (() => void)[] = [];
    dataDir = openFolder((act) => cleanUp.push(act));
    await (await startEmbeddedPostgres(options("start", dataDir), "tested")).stop();
    return () => {
      for (const act of cleanUp) act();
    };
  });

  test("clears away what a killed run left half made", async () => {
    mkdirSync(inHome("data.new-1"));
    await start(options("start", dataDir));
    expect(readdirSync(inHome())).not.toContain("data.new-1");
  });

  test("starts although the lock of a crashed server names a process that something else bears by now", async () => {
    const { uid, gid } = statSync(inHome("data")); // of another user's process Postgres itself knows that it is none of its own
    const other = spawn("sleep", ["60"], process.getuid?.() === 0 ? { uid, gid } : {});
    onTestFinished(() => void other.kill());
    writeFileSync(inHome("data", "postmaster.pid"), `${other.pid}\n`);
    const { url } = await start(options("start", dataDir));
    expect(await queryPostgres(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("says what to do when the password is gone", async () => {
    unlinkSync(inHome("password"));
    await expect(start(options("start", dataDir))).rejects.toThrow("Put it back");
  });
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  test("starts under a folder closed to other users, and finds its data there again", async () => {
    const dataDir = join(closedFolder(), "data");
    const places = [join(openFolder(), "place")];
    const first = await start(options("start", dataDir), places);
    expect(lstatSync(join(dataDir, "postgres")).isSymbolicLink()).toBe(true);
    expect(first.why).toContain(places[0]);
    await queryPostgres(first.url, "create table kept as select 42 as answer");
    await first.stop();
    const second = await start(options("start", dataDir), places);
    expect(await queryPostgres(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("copies binaries that the server's user can't reach, once, with the links that npm leaves out", async () => {
    const closed = closedFolder();
    const installed = nativeFolder();
    cpSync(dirname(installed), closed, { recursive: true, verbatimSymlinks: true });
    for (const name of readdirSync(join(closed, "native", "lib"))) {
      const file = join(closed, "native", "lib", name);
      if (lstatSync(file).isSymbolicLink()) unlinkSync(file);
    }
    const place = join(openFolder(), "place");
    const stranger = { uid: 65_534, gid: 65_534 };
    const first = await provideBinaries(stranger, [place], join(closed, "native"));
    expect(first.folder.startsWith(place)).toBe(true);
    const copiedAt = statSync(first.folder).ino;
    const again = await Promise.all([1, 2].map(() => provideBinaries(stranger, [place], join(closed, "native"))));
    expect(again).toEqual([first, first]);
    expect(statSync(first.folder).ino).toBe(copiedAt);
    expect(readdirSync(place)).toHaveLength(1);
  });
});

function nativeFolder(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), "..", "native");
}
