import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inherited } from "@receiver/testing";
import { afterEach, expect } from "vitest";

// What a stranger does first, as the README says it: start, simulate, look, stop.
const root = fileURLToPath(new URL("../../", import.meta.url));
const START_LIMIT_MS = 60_000;

type Run = { webhookUrl: string; opsUrl: string };
type Started = { child: ChildProcess; lines: string[]; dataDir: string; exited: Promise<number | null> };

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) {
    // Run as root, Postgres' data is where its own account reaches it, and a link leads there.
    const linked = await realpath(join(folder, "postgres")).catch(() => null);
    for (const path of [linked, folder]) if (path !== null) await rm(path, { recursive: true, force: true });
  }
});

export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `receiver-${name}-`));
  folders.push(folder);
  return folder;
}

export async function start(path: string): Promise<Started> {
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

export async function simulateAndLook(dataDir: string): Promise<unknown> {
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
export async function processesOf(dataDir: string): Promise<string[]> {
  const own = String(process.pid);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== own);
  const texts = await Promise.all(
    pids.flatMap((pid) =>
      ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
    ),
  );
  return texts.filter((text) => text.includes(dataDir));
}
