import { fields, type NamedKey } from "@receiver/runtime";
import { z } from "zod";

/** What every worker reads to reach the ledger and the queues. Spread its `shape` to ask for more. */
export const pipelineEnvironment = z.object({
  DATABASE_URL: fields.databaseUrl,
  /** Unset: BullMQ's Postgres backend on the same database. */
  REDIS_URL: fields.redisUrl.optional(),
  /** Deliveries are stored and wait: nothing is applied, nobody is told. docs/first-days.md */
  OBSERVE: fields.booleanFlag.default(false),
});

export type PipelineSecrets = {
  databaseUrl: string;
  redisUrl: string | undefined;
  /** Of a worker that reads bodies; null: they are not encrypted. */
  masterKeys?: [NamedKey, ...NamedKey[]] | null;
};

export function pipelineSecrets(env: z.output<typeof pipelineEnvironment>): PipelineSecrets {
  return { databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL };
}
