import { randomUUID } from "node:crypto";
import { classify } from "@receiver/contracts";
import { openLedger, type WakeUp } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { chooseBackend, createProducer } from "@receiver/queues";
import { createLogger } from "@receiver/runtime";
import {
  type AppName,
  type Body,
  bytesOf,
  createDatabase,
  forgetRows,
  type SpawnedApp,
  spawnApp,
  startRedis,
} from "@receiver/testing";
import { Client } from "pg";

const applicationName = "test";

/** A database and a Redis of a test's own, what ingress and ops do with them, and the real apps on demand. */
export async function openTestPipeline() {
  const [database, redis] = await Promise.all([createDatabase(), startRedis()]);
  const sources = { databaseUrl: database.url, redisUrl: redis.url };
  const ledger = openLedger({ databaseUrl: database.url, applicationName, rules: { confirm: "never", lookUps: null } });
  const inbox = openInbox({ databaseUrl: database.url, applicationName });
  const logger = createLogger({ app: applicationName, level: "silent" });
  const producer = createProducer(chooseBackend(sources), logger);
  const client = new Client(database.url);
  await client.connect();
  const apps: SpawnedApp[] = [];
  const killAll = () => Promise.all(apps.splice(0).map((app) => app.kill("SIGKILL")));

  /** Stores a delivery without publishing it. */
  const store = async (body: Body): Promise<WakeUp> => {
    const bytes = bytesOf(body);
    const classification = classify(bytes);
    if (classification.kind !== "message") throw new Error("a body that can't be applied");
    const { type, companyId } = classification.message;
    const id = deliveryIdOf(bytes);
    const receivedAt = new Date();
    const receipt = await inbox.receive({
      id,
      body: bytes,
      type,
      companyId,
      receivedAt,
      receiptId: randomUUID(),
      problems: [],
    });
    const data = { deliveryId: id, messageType: type, companyId, receivedAt: receivedAt.toISOString() };
    return { queue: type, id, epoch: receipt.publish?.epoch ?? 0, data, dueAt: null };
  };

  return {
    ...sources,
    redis,
    ledger,
    inbox,
    producer,
    store,
    /** Stores a delivery and publishes it, like the ingress. */
    async post(body: Body): Promise<WakeUp> {
      const wakeUp = await store(body);
      await producer.wake(wakeUp);
      return wakeUp;
    },
    /** Null: no file holds that number. */
    async fileOf(fileNumber: number) {
      const { items } = await ledger.clientFiles.list({ fileNumber: String(fileNumber), limit: 1 });
      return items[0] ? ledger.clientFiles.get(items[0].id) : null;
    },
    /** One app as a process of its own on this database and Redis. It ends with the pipeline. */
    async start<Name extends AppName>(name: Name, env: NodeJS.ProcessEnv = {}): Promise<SpawnedApp<Name>> {
      const app = await spawnApp(name, { DATABASE_URL: database.url, REDIS_URL: redis.url, ...env });
      apps.push(app);
      return app;
    },
    /** Back to the beginning: no process, no job, no row. */
    async reset() {
      await killAll();
      await redis.flush();
      await client.query(forgetRows("deliveries", "client_files", "subscribers", "queue_pauses"));
    },
    rows: async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(text, values)).rows,
    async close() {
      await killAll();
      await Promise.all([producer.close(), inbox.close(), ledger.close(), client.end()]);
      await Promise.all([redis.stop(), database.drop()]);
    },
  };
}

export type TestPipeline = Awaited<ReturnType<typeof openTestPipeline>>;

/** Lines of an app's log that bear the event, parsed. */
export function eventsOf(app: Pick<SpawnedApp, "logs">, event: string): Record<string, unknown>[] {
  return app.logs
    .filter((line) => line.startsWith("{"))
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => line.event === event);
}
