import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onFreePort } from "../child/free-port.ts";
import { keepRunning } from "../child/keep-running.ts";
import { occupyFolder, type ServerFolder } from "../child/occupy-folder.ts";
import type { EndSignals } from "../child/processes.ts";
import { runServer } from "../child/run-server.ts";
import type { FindOptions, FoundRedis } from "../found.ts";
import { sendToRedis } from "../send-to-redis.ts";
import type { RedisBinary } from "./redis-binary.ts";

const signals: EndSignals = { first: "SIGTERM", last: "SIGKILL", patienceMs: 15_000 };

/** Starts a private server: loopback, a port and a password of its own, every write in the append-only file. */
export async function startRedisServer(
  options: FindOptions,
  binary: Extract<RedisBinary, { kind: "found" }>,
  why: string,
): Promise<FoundRedis> {
  const folder = await makeFolder(options);
  const { guard, leave } = await occupyFolder("Redis", folder, signals, options.log);
  const password = randomBytes(24).toString("hex");
  const settingsFile = join(folder.path, "redis.conf");

  const startOn = async (port: number) => {
    const url = `redis://:${password}@127.0.0.1:${port}`;
    await writeFile(settingsFile, settings(folder.path, port, password), { mode: 0o600 });
    const plan = {
      ...{ name: binary.name, command: binary.path, args: [settingsFile], folder: folder.path, signals, account: null },
      mark: `127.0.0.1:${port}`, // Redis rewrites its command line to its name and address
      ask: () => sendToRedis(url, ["PING"]),
    };
    return { url, server: await keepRunning("Redis", () => runServer(plan, guard), options.log) };
  };

  try {
    const { server, url } = await onFreePort(startOn);
    return {
      source: binary.name,
      url,
      why: `${why}: ${binary.path} ${binary.version}, its data in ${folder.path}`,
      restart: () => server.restart().then(() => url),
      stop: () => server.stop().then(leave),
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function makeFolder({ mode, dataDir }: FindOptions): Promise<ServerFolder> {
  if (mode !== "start") return { path: await mkdtemp(join(tmpdir(), "receiver-redis-")), lifetime: "temporary" };
  const path = resolve(dataDir, "redis");
  await mkdir(path, { recursive: true });
  await chmod(path, 0o700);
  return { path, lifetime: "kept" };
}

function settings(folder: string, port: number, password: string): string {
  const lines = {
    bind: "127.0.0.1",
    port: String(port),
    requirepass: password,
    dir: JSON.stringify(folder),
    appendonly: "yes",
    save: '""',
    "maxmemory-policy": "noeviction",
    daemonize: "no",
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}
