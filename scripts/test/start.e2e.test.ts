import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inherited } from "@receiver/testing";
import { afterEach, describe, expect, test } from "vitest";

/** What a stranger does first, as the README says it: start, simulate, look, stop. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const START_LIMIT_MS = 60_000;

type Run = { webhookUrl: string; opsUrl: string };
type Started = { child: ChildProcess; lines: string[]; dataDir: string; exited: Promise<number | null> };

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `receiver-${name}-`));
  folders.push(folder);
  return folder;
}

async function start(path: string): Promise<Started> {
  const dataDir = await temporaryFolder("start");
  const child = spawn(process.execPath, ["scripts/src/start.ts"], {
    cwd: root,
    env: {
      ...inherited(),
      PATH: path,
      DATA_DIR: dataDir,
      PORT: "0",
      OPS_PORT: "0",
      OPS_USERS: "ama:operator:a-password-1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr])
    createInterface({ input: output }).on("line", (line) => lines.push(line));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await expect
    .poll(() => lines.filter((line) => /^(ready: |start failed)/.test(line)), { timeout: START_LIMIT_MS })
    .toEqual([expect.stringMatching(/^ready: /)]);
  return { child, lines, dataDir, exited };
}

async function simulateAndLook(dataDir: string): Promise<unknown> {
  const simulate = spawn(process.execPath, ["scripts/src/simulate.ts", "--documented"], {
    cwd: root,
    env: { ...inherited(), DATA_DIR: dataDir },
    stdio: "ignore",
  });
  expect(await new Promise((resolve) => simulate.once("exit", resolve))).toBe(0);
  const { opsUrl } = JSON.parse(await readFile(join(dataDir, "start.json"), "utf8")) as Run;
  const authorization = `Basic ${Buffer.from("ama:a-password-1").toString("base64")}`;
  const stateOf = async () => {
    const url = `${opsUrl}/api/client-files?companyId=123&fileNumber=456`;
    const page = (await (await fetch(url, { headers: { authorization } })).json()) as { items: { state: string }[] };
    return page.items.map(({ state }) => state);
  };
  await expect.poll(stateOf, { timeout: 15_000 }).toEqual(["APPROVED"]);
  return stateOf();
}

/** The servers and apps of a run all have its folder in their arguments or environment. */
async function processesOf(dataDir: string): Promise<string[]> {
  const own = String(process.pid);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== own);
  const texts = await Promise.all(
    pids.flatMap((pid) =>
      ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
    ),
  );
  return texts.filter((text) => text.includes(dataDir));
}

describe("npm start", () => {
  test("brings the pipeline up, serves the documented webhooks, and leaves nothing behind at SIGTERM", async () => {
    const { child, exited, dataDir, lines } = await start(process.env.PATH ?? "");
    expect(await simulateAndLook(dataDir)).toEqual(["APPROVED"]);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(lines.at(-1)).toBe("stopped");
    await expect.poll(() => processesOf(dataDir), { timeout: 10_000 }).toEqual([]);
  });

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
