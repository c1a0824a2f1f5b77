import { fields, readConfig } from "@receiver/runtime";
import { z } from "zod";
import { readRunFile } from "../start/run-file.ts";

const running = z.object({ databaseUrl: z.string() });

/**
 * The environment's database, else that of the running `npm start`.
 * @throws ConfigError when there is neither
 */
export function findDatabase(env: NodeJS.ProcessEnv): string {
  const DATABASE_URL = env.DATABASE_URL || readRunFile(running, env)?.databaseUrl;
  return readConfig(z.object({ DATABASE_URL: fields.databaseUrl }), { DATABASE_URL }).DATABASE_URL;
}
