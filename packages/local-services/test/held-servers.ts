import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";
import { commandOf } from "../src/child/processes.ts";
import { queryPostgres, sendToRedis } from "../src/index.ts";

type Server = { url: string; pid: number; folder: string };

type Message = { log?: string; urls?: { postgres: string; redis: string }; answered?: string[] };

/** A process that holds both servers, as `npm start` does. */
export type Holder = { child: ChildProcess; messages: Message[]; postgres: Server; redis: Server };

/** Ends with the test, and so do its servers. */
export async function holdServers(mode: "start" | "test", dataDir: string): Promise<Holder> {
  const script = fileURLToPath(new URL("./process/hold-servers.ts", import.meta.url));
  // In a process group of its own, as a shell gives one to the program that it starts.
  const child = fork(script, [mode, dataDir], { detached: true, execArgv: [] });
  const servers: Server[] = [];
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone(...servers);
  });
  const messages: Message[] = [];
  child.on("message", (message: Message) => messages.push(message));
  const urls = await vi.waitUntil(() => messages.find((message) => message.urls)?.urls, { timeout: 50_000 });
  const [postgres, redis] = await Promise.all([describePostgres(urls.postgres), describeRedis(urls.redis)]);
  servers.push(postgres, redis);
  return { child, messages, postgres, redis };
}

export async function gone(...servers: Server[]): Promise<void> {
  await expect
    .poll(() => servers.map(({ pid }) => commandOf(pid)), { timeout: 20_000 })
    .toEqual(servers.map(() => null));
}

export async function describePostgres(url: string): Promise<Server> {
  const [row] = await queryPostgres(
    url,
    "select current_setting('data_directory') as data, pg_read_file('postmaster.pid') as lock",
  );
  return { url, pid: Number.parseInt(String(row?.lock), 10), folder: dirname(String(row?.data)) };
}

export async function describeRedis(url: string): Promise<Server> {
  const info = String(await sendToRedis(url, ["INFO", "server"]));
  const read = (name: string) => info.match(new RegExp(`^${name}:(.*)\r$`, "m"))?.[1] ?? "";
  return { url, pid: Number(read("process_id")), folder: dirname(read("config_file")) };
}

/** The processes that the process started. */
export function childrenOf(pid: number | undefined): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list === "" ? [] : list.split(" ").map(Number);
}
