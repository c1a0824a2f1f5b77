import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRedisBinary } from "../src/redis/redis-binary.ts";
import { closedFolder } from "./temporary-folders.ts";

function folderWith(programs: Record<string, string>): string {
  const folder = closedFolder();
  for (const [name, says] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${says}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const redis = "echo 'Redis server v=7.2.4 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1'";
const valkey = "echo 'Valkey server v=8.1.0 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1'";

test("prefers redis-server to valkey-server, wherever they stand on the PATH", async () => {
  const first = folderWith({ "valkey-server": valkey });
  const second = folderWith({ "redis-server": redis });
  expect(await findRedisBinary(`${first}:${second}`)).toEqual({
    ...{ kind: "found", name: "redis-server" },
    ...{ path: join(second, "redis-server"), version: "7.2.4" },
  });
});

test("takes valkey-server where there is no redis-server", async () => {
  expect(await findRedisBinary(folderWith({ "valkey-server": valkey }))).toMatchObject({
    name: "valkey-server",
    version: "8.1.0",
  });
});

test("passes over a server that BullMQ refuses for its age, and over one that doesn't run", async () => {
  expect(await findRedisBinary(folderWith({ "redis-server": "echo 'Redis server v=4.0.9 sha=0'" }))).toMatchObject({
    reason: expect.stringContaining("older than 5"),
  });
  expect(await findRedisBinary(folderWith({ "redis-server": "exit 127" }))).toMatchObject({
    reason: expect.stringContaining("can't be run"),
  });
});

test("says that there is none on an empty PATH", async () => {
  expect(await findRedisBinary("")).toEqual({
    kind: "missing",
    reason: "neither redis-server nor valkey-server is on the PATH",
  });
});
