import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { z } from "zod";
import type { PipelineUrls } from "./pipeline.ts";

/** Where the running pipeline listens and what it stands on, for the commands that talk to it. */
export type RunFile = PipelineUrls & {
  webhookUrl: string;
  databaseUrl: string;
  /** Null: the queues are in Postgres. */
  redisUrl: string | null;
  /** Null: bodies are not encrypted. */
  masterKeys: string | null;
  /** ALLOWED_COMPANY_IDS of the apps; null: everybody's deliveries are let in. */
  allowedCompanyIds: string | null;
  /** At ops. Null: OPS_USERS was given. */
  login: { name: string; password: string } | null;
};

const NAME = "start.json";

/**
 * It bears the token and passwords: readable by its owner only. Written beside and renamed, because the mode of a file that
 * is there already would stay as it is, and a reader must not find half of it.
 */
export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
  const path = join(dataDir, NAME);
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, path);
}

/** The part of it that is asked for. Null when there is none, or it is another version's. */
export function readRunFile<T extends z.ZodType>(part: T, env: Readonly<Record<string, string | undefined>>) {
  try {
    return part.parse(JSON.parse(readFileSync(join(resolve(env.DATA_DIR || ".data"), NAME), "utf8"))) as z.output<T>;
  } catch {
    return null;
  }
}
