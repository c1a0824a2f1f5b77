import { createEmptyDatabase } from "@receiver/testing";
import { describe } from "vitest";
import { dumpPostgres } from "./dump-postgres.ts";
import { describeFailureBehaviours } from "./failure-behaviours.ts";
import { describeQueueBehaviours } from "./queue-behaviours.ts";

async function start() {
  const database = await createEmptyDatabase();
  return {
    sources: { databaseUrl: database.url },
    dump: () => dumpPostgres(database.url),
    stop: database.drop,
  };
}

describe("queues in Postgres", () => describeQueueBehaviours(start));
describe("failing jobs in Postgres", () => describeFailureBehaviours(start));
