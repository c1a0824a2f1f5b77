import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { commandOf, sendSignal } from "../src/child/processes.ts";
import { findPostgres, queryPostgres, sendToRedis } from "../src/index.ts";
import { findRedisBinary } from "../src/redis/redis-binary.ts";
import { childrenOf, describePostgres, describeRedis, gone, holdServers } from "./held-servers.ts";
import { openFolder } from "./temporary-folders.ts";

const { kind } = await findRedisBinary(process.env.PATH ?? "");

describe.runIf(kind === "found")("servers and the process that found them (needs redis-server)", () => {
  /** Of all these tests: to make a database anew takes longer than most of them. */
  const dataDir = openFolder(afterAll);

  test("end when it is killed with SIGKILL, and leave no temporary folder", async () => {
    const { child, postgres, redis } = await holdServers("test", "/nonexistent");
    child.kill("SIGKILL");
    await gone(postgres, redis);
    const left = () => [postgres.folder, redis.folder].filter((folder) => existsSync(folder));
    await expect.poll(left, { timeout: 5_000 }).toEqual([]);
  });

  test("keep their data when it is killed, and the next start finds it", async () => {
    const first = await holdServers("start", dataDir);
    await queryPostgres(first.postgres.url, "create table kept as select 42 as answer");
    await sendToRedis(first.redis.url, ["SET", "kept", "42"]);
    first.child.kill("SIGKILL");
    await gone(first.postgres, first.redis);

    const second = await holdServers("start", dataDir);
    expect(await queryPostgres(second.postgres.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    expect(await sendToRedis(second.redis.url, ["GET", "kept"])).toBe("42");
  });

  test("still answer after Ctrl-C, which signals the whole process group, until it stops them", async () => {
    const { child, messages, postgres, redis } = await holdServers("start", dataDir);
    process.kill(-(child.pid as number), "SIGINT");
    await expect.poll(() => messages.at(-1)).toEqual({ answered: ["fulfilled", "fulfilled"] });
    await gone(postgres, redis);
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });

  test("are started again when something kills them", async () => {
    const { child, postgres, redis } = await holdServers("start", dataDir);
    for (const { pid } of [postgres, redis]) sendSignal(pid, "SIGKILL");
    await gone(postgres, redis);
    const again = await vi.waitFor(
      () => Promise.all([describePostgres(postgres.url), describeRedis(redis.url)]),
      20_000,
    );
    expect(again.map(({ url }) => url)).toEqual([postgres.url, redis.url]);
    child.kill("SIGKILL");
    await gone(...again);
  });

  test.runIf(existsSync("/proc/self/task"))(
    "left running by a process whose guards were killed too, are ended by the next start",
    async () => {
      const { child, postgres, redis } = await holdServers("start", dataDir);
      const servers = [postgres.pid, redis.pid];
      const guards = childrenOf(child.pid).filter((pid) => !servers.includes(pid));
      for (const pid of [...guards, child.pid as number]) sendSignal(pid, "SIGKILL");
      await expect.poll(() => commandOf(child.pid as number)).toBeNull();
      expect(servers.map(commandOf)).not.toContain(null);

      const next = await holdServers("start", dataDir);
      expect(servers.map(commandOf)).toEqual([null, null]);
      expect(next.messages.filter(({ log }) => log?.includes("a killed run left"))).toHaveLength(2);
    },
  );
});

test("a data folder in use is refused, because two owners would end each other's servers", async () => {
  const dataDir = openFolder();
  const options = { env: { PATH: process.env.PATH }, mode: "start", dataDir, log: () => undefined } as const;
  const postgres = await findPostgres(options);
  onTestFinished(postgres.stop);
  await expect(findPostgres(options)).rejects.toThrow(
    `${join(dataDir, "postgres")} is in use by process ${process.pid}`,
  );
  expect(await queryPostgres(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
});
