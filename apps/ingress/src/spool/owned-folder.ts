import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { flushFolder } from "./segment.ts";

/**
 * A folder of the spool that one process writes to. Several may share one SPOOL_DIR: two that listen on one port, or the
 * next one and the last, which was killed.
 *
 * Whose it is the kernel knows: the owner listens on a socket in the folder, which answers nobody once the process is gone, and still
 * does while it is only frozen. A process id would be given to another one day, and in another container means another one.
 */
export type OwnedFolder = {
  path: string;
  /** Takes over the folders whose owners are gone. What they hold lies below `path` from then on. */
  adopt(): Promise<string[]>;
  /** Leaves what is in the folder to the next process; one that is empty is removed. */
  leave(): Promise<void>;
};

/** The name of the owner's socket. */
export const SOCKET = "owner";
/** Not yet anybody's: a folder bears its name once its owner can be asked. */
const UNFINISHED = ".new";
const OWNED = /^[0-9a-f]{10}$/;
/** sun_path of Linux has 108 bytes and of macOS 104, its end included. */
const LONGEST_SOCKET_PATH = 103;
const ID_BYTES = 5;

export async function ownFolder(spoolDir: string): Promise<OwnedFolder> {
  const id = randomBytes(ID_BYTES).toString("hex");
  const path = join(spoolDir, id);
  const unfinished = path + UNFINISHED;
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const server = await withSocketPath(unfinished, listen);
  await rename(unfinished, path);
  await flushFolder(spoolDir);

  return {
    path,
    adopt: async () => {
      const adopted: string[] = [];
      for (const other of await foldersIn(spoolDir)) {
        if (other === id || (await hasOwner(join(spoolDir, other)))) continue;
        const target = join(path, `from-${other}`);
        if (await moved(join(spoolDir, other), target)) adopted.push(target);
      }
      if (adopted.length > 0) await flushFolder(path);
      return adopted;
    },
    leave: async () => {
      const entries = (await readdir(path)).filter((name) => name !== SOCKET);
      if (entries.length === 0) await rm(path, { recursive: true });
      server.close();
    },
  };
}

async function foldersIn(spoolDir: string): Promise<string[]> {
  const entries = await readdir(spoolDir, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && OWNED.test(entry.name)).map(({ name }) => name);
}

async function listen(socketPath: string): Promise<Server> {
  const server = createServer((asker) => asker.destroy());
  server.listen(socketPath);
  await once(server, "listening");
  return server.unref();
}

/** Anything but a plain no counts as a yes: to take a folder from a living process would lose what it writes there next. */
async function hasOwner(folder: string): Promise<boolean> {
  try {
    return await withSocketPath(folder, answers);
  } catch (thrown) {
    return !["ECONNREFUSED", "ENOENT"].includes(codeOf(thrown));
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
