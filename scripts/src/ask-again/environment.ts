import { apiUrl } from "@receiver/danaya-api";
import { explain, fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

const headerValue = explain({
  rule: "must be printable characters without spaces: it goes into a header",
  fix: "Copy it from Danaya's dashboard again",
});

const database = z.object({
  DATABASE_URL: fields.databaseUrl,
});

const api = z.object({
  DANAYA_API_URL: apiUrl,
  DANAYA_API_KEY: z.string({ error: headerValue }).regex(/^[!-~]+$/, { error: headerValue }),
  DANAYA_API_SECRET: z.string({ error: headerValue }).regex(/^[!-~]+$/, { error: headerValue }),
  OUTGOING_ALLOW: fields.cidrList.default([]),
});

type Environment = NodeJS.ProcessEnv;

/** @throws ConfigError */
export const readDatabaseUrl = (env: Environment): string => readConfig(database, env).DATABASE_URL;

/**
 * What a run that asks needs. This command's own: the status-worker refuses DANAYA_API_URL, because it confirms nothing.
 * @throws ConfigError with the problems of all of them
 */
export function readAskingEnvironment(env: Environment) {
  const read = readConfig(z.object({ ...database.shape, ...api.shape }), env);
  return {
    databaseUrl: read.DATABASE_URL,
    api: {
      baseUrl: read.DANAYA_API_URL,
      apiKey: read.DANAYA_API_KEY,
      apiSecret: read.DANAYA_API_SECRET,
      outgoingAllow: read.OUTGOING_ALLOW,
    },
  };
}
