import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { systemPath } from "../child/processes.ts";

const run = (command: string, words: string[]) => promisify(execFile)(command, words, { env: { PATH: systemPath() } });
const NAME = "postgres";

/** The user that runs the server. */
export type Account = { uid: number; gid: number };

/**
 * Postgres refuses to run as root. Null: it runs as this process's own user. As root: the owner of the data that is
 * already there, else the user `postgres`, which is created where it is missing. Throws when it can't be.
 */
export async function chooseAccount(existingData: string | null): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = existingData === null ? null : await stat(existingData).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", NAME]), run("id", ["-g", NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function create(): Promise<Account> {
  const home = ["--home-dir", "/nonexistent", "--no-create-home"];
  const refusal = await run("useradd", [
    "--system",
    "--user-group",
    ...home,
    "--shell",
    "/usr/sbin/nologin",
    NAME,
  ]).then(
    () => null,
    (error: Error) => error,
  );
  const account = await lookUp();
  if (account) return account;
  throw new Error(
    `Postgres can't run as root, and a user for it can't be created (${refusal?.message.trim()}): ` +
      `create a user named ${NAME}, run this as a user who isn't root, or set DATABASE_URL`,
  );
}
