import { postgresContainer } from "./containers/postgres-container.ts";
import { tryContainer } from "./containers/try-container.ts";
import { startEmbeddedPostgres } from "./embedded/start-embedded-postgres.ts";
import type { FindOptions, FoundPostgres } from "./found.ts";

/**
 * Answers where Postgres comes from: `DATABASE_URL`, else (tests only) a container, else the real Postgres that npm
 * brought. Says which and why through `log`. Throws, with what to do about it, when none can be had.
 */
export async function findPostgres(options: FindOptions): Promise<FoundPostgres> {
  const found = await choose(options);
  options.log(`Postgres: ${found.source}, because ${found.why}`);
  return found;
}

async function choose(options: FindOptions): Promise<FoundPostgres> {
  const given = options.env.DATABASE_URL?.trim();
  if (given) return { ...unmanaged, source: "DATABASE_URL", url: given, why: "it is set", restart: async () => given };
  if (options.mode !== "test") return startEmbeddedPostgres(options, "DATABASE_URL is not set");
  const attempt = await tryContainer(options.env, postgresContainer);
  if (attempt.kind === "declined") {
    return startEmbeddedPostgres(options, `DATABASE_URL is not set and ${attempt.reason}`);
  }
  return { ...attempt.container, source: "testcontainers", why: `DATABASE_URL is not set and ${attempt.reason}` };
}

const unmanaged = { stop: async () => undefined };
