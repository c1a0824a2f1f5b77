import { fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

/** What the apps will read of the user's environment, as far as it can be judged before a server is started. */
const environment = z.object({
  PORT: fields.port.optional(),
  OPS_PORT: fields.port.optional(),
  INGRESS_HOST: fields.host.optional(),
  OPS_HOST: fields.host.optional(),
  DATABASE_URL: fields.databaseUrl.optional(),
  REDIS_URL: fields.redisUrl.optional(),
  MASTER_KEYS: fields.keyList.optional(),
  MASTER_KEYS_FILE: fields.keyListFile.optional(),
  SEALING_PUBLIC_KEY: fields.publicKey.optional(),
  DANAYA_WEBHOOK_TOKENS: fields.tokenList.optional(),
  ALLOWED_COMPANY_IDS: fields.nonEmptyList.optional(),
  SPOOL_MAX_BYTES: fields.wholeNumber({ min: 0, max: 2 ** 40 }).optional(),
  TRUSTED_PROXIES: fields.cidrList.optional(),
  ALLOWED_SENDERS: fields.cidrList.optional(),
  PUBLIC_URL: fields.httpUrl.optional(),
  PRINT_WEBHOOK_URL: fields.booleanFlag.optional(),
  OUTGOING_ALLOW: fields.cidrList.optional(),
  OPS_PUBLIC_URL: fields.httpUrl.optional(),
  OBSERVE: fields.booleanFlag.optional(),
  LOG_LEVEL: fields.logLevel.optional(),
  STOP_GRACE: fields.durationMs.optional(),
});

/** @throws ConfigError with all problems together: a mistake is told of in a second, not after Postgres came up. */
export function checkEnvironment(env: NodeJS.ProcessEnv): void {
  readConfig(environment, env);
}
