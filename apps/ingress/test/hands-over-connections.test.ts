import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { handsOverConnections } from "../src/hands-over-connections.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "receiver-sysctl-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("whether the kernel hands connections over", () => {
  it.each([
    ["0\n", false],
    ["1\n", true],
  ])("is what its setting says: %j", async (text, expected) => {
    const setting = join(folder, "tcp_migrate_req");
    await writeFile(setting, text);
    expect(await handsOverConnections(setting)).toBe(expected);
  });

  it("is taken for granted where there is no such setting, because a warning must be something to act on", async () => {
    expect(await handsOverConnections(join(folder, "missing"))).toBe(true);
  });
});

test("the setting is read where Linux has it", async () => {
  const value = await readFile("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").catch(() => "");
  expect(await handsOverConnections()).toBe(value.trim() !== "0");
});
