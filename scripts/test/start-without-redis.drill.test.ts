import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { processesOf, simulateAndLook, start, temporaryFolder } from "./start-as-a-stranger.ts";

describe("npm start", () => {
  test("comes up without a Redis on BullMQ's Postgres backend, and says so, because a first try has to work anywhere; killed itself, it kills what it started, because nobody else would", async () => {
    const { child, exited, dataDir, lines } = await start(await pathWithoutRedis());
    expect(lines.find((line) => line.startsWith("Redis: none"))).toMatch(/queues run on Postgres/);
    expect(await simulateAndLook(dataDir)).toEqual(["APPROVED"]);
    child.kill("SIGKILL");
    await exited;
    await expect.poll(() => processesOf(dataDir), { timeout: 30_000 }).toEqual([]);
  });
});

async function pathWithoutRedis(): Promise<string> {
  const folder = await temporaryFolder("path");
  for (const directory of ["/usr/local/bin", "/usr/bin", "/usr/sbin"]) {
    for (const name of await readdir(directory).catch(() => [])) {
      if (/^(redis|valkey)/.test(name)) continue;
      await symlink(join(directory, name), join(folder, name)).catch(() => undefined); // the first one of a name wins
    }
  }
  return folder;
}
