import { spawnSync } from "node:child_process";
import { chmod, chown, lstat, mkdir, mkdtemp, realpath, stat, symlink, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Account } from "./server-account.ts";

/** Where goes what the server's user can't reach, or run, in its own place. For root: what survives a reboot first. */
export function placesFor(uid = process.getuid?.()): readonly string[] {
  if (uid !== 0) return [join(tmpdir(), `danaya-receiver-${uid}`)];
  return ["/var/lib", "/var/tmp", "/tmp"].map((place) => join(place, "danaya-receiver"));
}

/** Whether the account may pass through the folder and all its parents. Asks the kernel, which knows of ACLs and mounts too. */
export function canEnter(folder: string, account: Account | null): boolean {
  return (
    spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { ...account, cwd: "/", stdio: "ignore" }).status === 0
  );
}

/**
 * The folder `wanted`, owned by the account and closed to others. Where the account can't reach it, because root's home
 * is closed to it for one, `wanted` becomes a link to a folder in the first of `places` that it can reach: so the data
 * is found again, also after the parent folder was moved.
 */
export async function ownFolder(wanted: string, account: Account | null, places: readonly string[]): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true });
  const folder = (await existing(wanted)) ?? (await make(wanted, account, places));
  if (account) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
  if (canEnter(folder, account)) return folder;
  throw new Error(
    `${folder} can't be reached by the user who runs Postgres (uid ${account?.uid}): move it, or set DATA_DIR`,
  );
}

async function existing(wanted: string): Promise<string | null> {
  const found = await lstat(wanted).catch(() => null);
  if (found === null) return null;
  const target = await realpath(wanted).catch(() => null);
  if (target === null) await unlink(wanted); // a link to data that somebody removed
  return target;
}

async function make(wanted: string, account: Account | null, places: readonly string[]): Promise<string> {
  if (canEnter(dirname(wanted), account)) {
    await mkdir(wanted);
    return realpath(wanted);
  }
  const folder = await mkdtemp(join(await firstReachable(account, places), "postgres-"));
  await symlink(folder, wanted);
  return folder;
}

/** A folder for one run, removed by the caller. */
export async function ownTemporaryFolder(account: Account | null): Promise<string> {
  const place = [tmpdir(), "/tmp", "/var/tmp"].find((candidate) => canEnter(candidate, account));
  if (place === undefined)
    throw new Error("no temporary folder can be reached by the user who runs Postgres: set TMPDIR");
  const folder = await mkdtemp(join(place, "receiver-postgres-"));
  if (account) await chown(folder, account.uid, account.gid);
  return folder;
}

/** The first place that is, or can be made, ours alone to write and the account's to enter. */
export async function firstReachable(account: Account | null, places: readonly string[]): Promise<string> {
  for (const place of places) {
    const made = await mkdir(place, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    );
    if (made && (await isOursAlone(place)) && canEnter(place, account)) return place;
  }
  throw new Error(
    `none of ${places.join(", ")} can be made and reached by the user who runs Postgres: set DATABASE_URL`,
  );
}

/** In a folder that everybody writes to, somebody else may have made it before us. */
async function isOursAlone(place: string): Promise<boolean> {
  const found = await stat(place);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
