import { defaultRetention, type RetentionPolicy } from "@receiver/ledger";
import { fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

/** The reconciliation-worker's variables: what is tried here is what it does. */
const environment = z.object({
  DATABASE_URL: fields.databaseUrl,
  RETENTION_OPERATIONAL: fields.days.default(defaultRetention.operationalDays),
  RETENTION_EVIDENCE: fields.years.default(defaultRetention.evidenceYears),
});

/** @throws ConfigError with the problems of all of them */
export function readRetentionEnvironment(env: NodeJS.ProcessEnv): { databaseUrl: string; policy: RetentionPolicy } {
  const read = readConfig(environment, env);
  const policy = { operationalDays: read.RETENTION_OPERATIONAL, evidenceYears: read.RETENTION_EVIDENCE };
  return { databaseUrl: read.DATABASE_URL, policy };
}
