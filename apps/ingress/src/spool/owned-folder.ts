import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { flushFolder, makeFolder } from "./flush-folder.ts";

/**
 * A folder of the spool that one process writes to. Several may share one SPOOL_DIR: two that listen on one port, or the
 * next one and the last, which was killed.
 *
 * Whose it is the kernel knows: the owner listens on a socket in the folder, which answers nobody once the process is gone, and still
 * does while it is only frozen. A process id would be given to another one day, and in another container means another one.
 */
export type OwnedFolder = {
  path: string;
  /**
   * Takes over the folders whose owners are gone. `paths`: those that were taken over, now or before, and are there still;
   * `failed`: why others could not be asked or moved.
   */
  adopt(): Promise<{ paths: string[]; failed: unknown[] }>;
  /** Leaves what is in the folder to the next process; one that is empty is removed. */
  leave(): Promise<void>;
};

/** The name of the owner's socket. */
export const SOCKET = "owner";
/** Not yet anybody's: a folder bears its name once its owner can be asked. */
const UNFINISHED = ".new";
const OWNED = /^[0-9a-f]{10}$/;
const TAKEN_OVER = /^from-[0-9a-f]{10}$/;
/** sun_path of Linux has 108 bytes and of macOS 104, its end included. */
const LONGEST_SOCKET_PATH = 103;
const ID_BYTES = 5;

export async function ownFolder(spoolDir: string): Promise<OwnedFolder> {
  const id = randomBytes(ID_BYTES).toString("hex");
  const path = join(spoolDir, id);
  const unfinished = path + UNFINISHED;
  await makeFolder(spoolDir);
  await mkdir(unfinished, { mode: 0o700 });
  const server = await withSocketPath(unfinished, listen);
  await rename(unfinished, path);
  await flushFolder(spoolDir);

  return {
    path,
    adopt: async () => {
      const failed: unknown[] = [];
      for (const other of await foldersIn(spoolDir, OWNED)) {
        if (other !== id) await takeOver(spoolDir, other, path).catch((thrown: unknown) => void failed.push(thrown));
      }
      return { paths: (await foldersIn(path, TAKEN_OVER)).map((name) => join(path, name)), failed };
    },
    leave: async () => {
      const entries = (await readdir(path)).filter((name) => name !== SOCKET);
      if (entries.length === 0) await rm(path, { recursive: true });
      server.close();
    },
  };
}

async function foldersIn(path: string, names: RegExp): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && names.test(entry.name)).map(({ name }) => name);
}

/** With what that one had taken over itself, as neighbours: nested, they would lie a level deeper after each restart. */
async function takeOver(spoolDir: string, other: string, path: string): Promise<void> {
  if (await hasOwner(join(spoolDir, other))) return;
  const target = join(path, `from-${other}`);
  if (!(await moved(join(spoolDir, other), target))) return;
  for (const inner of await foldersIn(target, TAKEN_OVER)) await rename(join(target, inner), join(path, inner));
  await flushFolder(path);
}

async function listen(socketPath: string): Promise<Server> {
  const server = createServer((asker) => asker.destroy());
  server.listen(socketPath);
  await once(server, "listening");
  return server.unref();
}

/**
 * @throws what else the system says, that another user left it, say: to take a folder from a living process would lose what it
 * writes there next.
 */
async function hasOwner(folder: string): Promise<boolean> {
  try {
    return await withSocketPath(folder, answers);
  } catch (thrown) {
    if (codeOf(thrown) === "EAGAIN") return true; // frozen, and others have asked
    if (["ECONNREFUSED", "ENOENT"].includes(codeOf(thrown))) return false;
    throw thrown;
  }
}

async function answers(socketPath: string): Promise<true> {
  const socket = connect(socketPath);
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}

/** A socket's name is short; where the folder's is not, Linux knows it by the number under which we have it open, too. */
async function withSocketPath<T>(folder: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(folder, SOCKET);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return use(path);
  const handle = await open(folder);
  try {
    return await use(join("/proc/self/fd", String(handle.fd), SOCKET));
  } finally {
    await handle.close();
  }
}

/** Of several processes that would adopt a folder, one moves it; the others find it gone. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}

const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException).code ?? "";
