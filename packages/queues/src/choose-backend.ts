import type { Backend } from "./backend.ts";
import { postgresBackend } from "./postgres-backend.ts";
import { redisBackend } from "./redis-backend.ts";

/** Redis where there is one. Without one BullMQ's Postgres backend: for a first try on a bare machine, not a second production path. */
export function chooseBackend(sources: { redisUrl?: string | undefined; databaseUrl: string }): Backend {
  return sources.redisUrl === undefined ? postgresBackend(sources.databaseUrl) : redisBackend(sources.redisUrl);
}
