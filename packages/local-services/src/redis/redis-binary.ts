import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const OLDEST_MAJOR = 5; // BullMQ refuses older ones

const names = ["redis-server", "valkey-server"] as const;

export type RedisBinary =
  | { kind: "found"; name: (typeof names)[number]; path: string; version: string }
  | { kind: "missing"; reason: string };

/** The first usable server on the PATH: `redis-server` before `valkey-server`. */
export async function findRedisBinary(searchPath: string): Promise<RedisBinary> {
  let reason = "neither redis-server nor valkey-server is on the PATH";
  for (const name of names) {
    const path = await findOnPath(name, searchPath);
    if (path === null) continue;
    const version = await versionOf(path);
    if (version !== null && Number.parseInt(version, 10) >= OLDEST_MAJOR) return { kind: "found", name, path, version };
    reason = version === null ? `${path} can't be run` : `${path} is ${version}, older than ${OLDEST_MAJOR}`;
  }
  return { kind: "missing", reason };
}

async function findOnPath(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return null;
}

async function versionOf(path: string): Promise<string | null> {
  const said = await promisify(execFile)(path, ["--version"]).catch(() => null);
  return said?.stdout.match(/\bv=(\d+\.\d+\.\d+)/)?.[1] ?? null;
}
