import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { type FindOptions, findPostgres, findRedis } from "@receiver/local-services";
import type { TestProject } from "vitest/node";
import { dropDatabases } from "./database/drop-databases.ts";
import type { Services } from "./services.ts";

/** Runs once per project before its first test: one Postgres for all of them. Answers how to end it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => void process.stderr.write(`${project.name}: ${line}\n`);
  const options: FindOptions = { env: process.env, mode: "test", dataDir: tmpdir(), log };
  const [postgres, redis] = await Promise.all([findPostgres(options), tryRedis(options)]);
  const services = {
    postgresUrl: postgres.url,
    databasePrefix: `receiver_test_${randomBytes(4).toString("hex")}_`,
    redis,
  };
  project.provide("services", services);
  return async () => {
    if (postgres.source === "DATABASE_URL") await dropDatabases(services); // others go with their server
    await postgres.stop();
  };
}

/** Each test that needs a Redis starts its own: here it is only found out whether that works. */
async function tryRedis(options: FindOptions): Promise<Services["redis"]> {
  const redis = await findRedis(options);
  await redis.stop();
  if (redis.source !== "none") return { kind: "available" };
  return { kind: "missing", why: redis.why, required: process.env.REQUIRE_REDIS === "1" };
}
