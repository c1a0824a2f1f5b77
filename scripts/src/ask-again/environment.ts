import { apiCredential, apiUrl } from "@receiver/danaya-api";
import { fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

const database = z.object({
  DATABASE_URL: fields.databaseUrl,
});

const api = z.object({
  DANAYA_API_URL: apiUrl,
  DANAYA_API_KEY: apiCredential,
  DANAYA_API_SECRET: apiCredential,
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
