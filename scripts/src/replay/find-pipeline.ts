import { ConfigError, fields, type NamedKey, ReceiverError, readConfig } from "@receiver/runtime";
import { masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { z } from "zod";
import { readRunFile } from "../start/run-file.ts";

/** What to tell the operator instead of a stack. */
export class CantReplay extends Error {
  override readonly name = "CantReplay";
}

export type FoundPipeline = {
  databaseUrl: string;
  /** Undefined: the queues are in Postgres, as for the apps. */
  redisUrl: string | undefined;
  /** As the ingress: a replay lets in nobody whom it kept out. */
  allowedCompanyIds: ReadonlySet<string> | undefined;
  /** Null: bodies are not encrypted. */
  masterKeys: [NamedKey, ...NamedKey[]] | null;
  /** Without a password. */
  description: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const environment = z.object({
  ...masterKeysEnvironment.shape,
  DATABASE_URL: fields.databaseUrl,
  REDIS_URL: fields.redisUrl.optional(),
  ALLOWED_COMPANY_IDS: fields.nonEmptyList.optional(),
});
const runningPipeline = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string().nullable(),
  allowedCompanyIds: z.string().nullable(),
  masterKeys: z.string().nullable().default(null),
});

/**
 * What the apps stand on: the environment's addresses, else those of the running `npm start`. That one's Redis and companies
 * count for its own database alone.
 * @throws CantReplay when there is neither, or what is there can't be read
 */
export function findPipeline(env: Environment): FoundPipeline {
  const running = readRunFile(runningPipeline, env);
  if (!env.DATABASE_URL && !running) {
    throw new CantReplay(
      "no database to work on: start the pipeline with npm start, or set DATABASE_URL and REDIS_URL",
    );
  }
  const own = !env.DATABASE_URL || env.DATABASE_URL === running?.databaseUrl ? running : null;
  const hasKeys = Boolean(env.MASTER_KEYS || env.MASTER_KEYS_FILE);
  const found = readOrTell({
    DATABASE_URL: env.DATABASE_URL || own?.databaseUrl,
    REDIS_URL: env.REDIS_URL || own?.redisUrl || undefined,
    ALLOWED_COMPANY_IDS: env.ALLOWED_COMPANY_IDS || own?.allowedCompanyIds || undefined,
    MASTER_KEYS: hasKeys ? env.MASTER_KEYS : (own?.masterKeys ?? undefined),
    MASTER_KEYS_FILE: env.MASTER_KEYS_FILE,
  });
  const { DATABASE_URL, REDIS_URL, ALLOWED_COMPANY_IDS } = found;
  const { host, pathname } = new URL(DATABASE_URL);
  return {
    databaseUrl: DATABASE_URL,
    redisUrl: REDIS_URL,
    allowedCompanyIds: ALLOWED_COMPANY_IDS && new Set(ALLOWED_COMPANY_IDS),
    masterKeys: masterKeysIn(found),
    description: `Postgres at ${host}${pathname} (${env.DATABASE_URL ? "DATABASE_URL" : "the running npm start"})`,
  };
}

function readOrTell(env: Environment) {
  try {
    return readConfig(environment, env);
  } catch (thrown) {
    throw thrown instanceof ConfigError ? new CantReplay(thrown.describe()) : thrown;
  }
}

const advice: Partial<Record<ReceiverError["code"], string>> = {
  DATABASE_UNAVAILABLE: "does not answer; start the pipeline with npm start, or correct DATABASE_URL",
  SCHEMA_AHEAD: "was migrated by a newer version; run the command of that version",
  SCHEMA_BEHIND: "lacks migrations of this version; run npm run migrate, or the command of the version that runs",
};

/** The error as a sentence for the operator, where there is one. */
export function toldPlainly(thrown: unknown, { description }: Pick<FoundPipeline, "description">): unknown {
  if (!(thrown instanceof ReceiverError)) return thrown;
  return new CantReplay(`${description} ${advice[thrown.code] ?? `failed: ${thrown.message}`}`);
}
