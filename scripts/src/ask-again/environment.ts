import { apiCredential, apiUrl } from "@receiver/danaya-api";
import { rulesEnvironment, rulesIn } from "@receiver/ledger";
import { fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

const database = z.object({
  DATABASE_URL: fields.databaseUrl,
});

/** `CONFIRM` and the rest of what folds is asked for: it has to be the workers', or a decision would be released by this command. */
const api = z.object({
  ...rulesEnvironment.shape,
  DANAYA_API_URL: apiUrl,
  DANAYA_API_KEY: apiCredential,
  DANAYA_API_SECRET: apiCredential,
  OUTGOING_ALLOW: fields.cidrList.default([]),
});

type Environment = NodeJS.ProcessEnv;

/** @throws ConfigError */
export const readDatabaseUrl = (env: Environment): string => readConfig(database, env).DATABASE_URL;

/**
 * What a run that asks needs, and by which rules what it hears is folded.
 * @throws ConfigError with the problems of all of them
 */
export function readAskingEnvironment(env: Environment) {
  const read = readConfig(z.object({ ...database.shape, ...api.shape }), env);
  return {
    databaseUrl: read.DATABASE_URL,
    rules: rulesIn(read),
    api: {
      baseUrl: read.DANAYA_API_URL,
      apiKey: read.DANAYA_API_KEY,
      apiSecret: read.DANAYA_API_SECRET,
      outgoingAllow: read.OUTGOING_ALLOW,
    },
  };
}
