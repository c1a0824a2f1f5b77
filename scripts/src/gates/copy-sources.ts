import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { sourceFiles } from "./source-files.ts";

const run = promisify(execFile);

export type SourceCopy = { path: string; remove(): Promise<void> };

/** A copy of the working tree in a temporary folder, in which things can be broken and run. */
export async function copySources(name: string): Promise<SourceCopy> {
  const root = resolve(".");
  const path = await mkdtemp(join(tmpdir(), `receiver-${name}-`));
  for (const file of await sourceFiles()) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await cp(join(root, file), join(path, file));
  }
  await run("git", ["init", "--quiet"], { cwd: path }); // so that what asks git for the files finds the copy's
  await linkModules(root, path);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The libraries are shared; the workspaces must be the copy's own, or a plant would be looked for in the original. */
async function linkModules(root: string, copy: string): Promise<void> {
  const modules = join(copy, "node_modules");
  await mkdir(join(modules, "@receiver"), { recursive: true });
  for (const entry of await readdir(join(root, "node_modules"))) {
    if (entry !== "@receiver") await symlink(join(root, "node_modules", entry), join(modules, entry));
  }
  for (const folder of ["packages", "apps"]) {
    for (const name of await readdir(join(copy, folder))) {
      await symlink(join(copy, folder, name), join(modules, "@receiver", name));
      await linkOwnModules(root, copy, join(folder, name));
    }
  }
  for (const folder of ["scripts", "chaos", "fuzz"]) await linkOwnModules(root, copy, folder);
}

/** Libraries of which a workspace has a version of its own. */
async function linkOwnModules(root: string, copy: string, workspace: string): Promise<void> {
  const own = join(root, workspace, "node_modules");
  if (existsSync(own)) await symlink(own, join(copy, workspace, "node_modules"));
}
