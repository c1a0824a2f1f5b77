import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AppName,
  createDatabase,
  type SpawnedApp,
  sealingKeys,
  spawnApp,
  startProxy,
  startRedis,
} from "@receiver/testing";

export const TOKEN = "e2e-token-0123456789abcdefghijk";
const OPERATOR = `Basic ${Buffer.from("operator:e2e-password-1").toString("base64")}`;

const workers = ["status-worker", "retry-worker", "notification-worker", "reconciliation-worker"] as const;
export type Worker = (typeof workers)[number];

/** Where the sweeper heals nothing: three sweeps a second, as other tests have them, cost more than the rest, and would be measured with it. */
export const sweeperDefaults = { SWEEP_INTERVAL_MS: "5s", SWEEP_AFTER_MS: "30s" };

/** A page of any list of the API. */
export type Listed<Item> = { items: Item[]; nextCursor: string | null };

/**
 * The whole product as real processes, on a database, a Redis and a folder for its spool of its own. Postgres is reached
 * through a proxy. A further ingress shares the first one's port.
 */
export async function startPipeline(extra: Record<string, string> = {}) {
  const database = await createDatabase();
  const postgres = await startProxy(database.url);
  const redis = await startRedis();
  const spoolDir = await mkdtemp(join(tmpdir(), "receiver-e2e-spool-"));
  const keys = await sealingKeys();
  const env = {
    ...keys.readers,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    DANAYA_WEBHOOK_TOKENS: TOKEN,
    OPS_USERS: "operator:operator:e2e-password-1",
    OUTGOING_ALLOW: "127.0.0.0/8",
    CONFIRM: "never",
    SPOOL_DIR: spoolDir,
    REUSE_PORT: "true",
    // Short, so that a test of healing takes seconds.
    SWEEP_INTERVAL_MS: "300ms",
    SWEEP_AFTER_MS: "1s",
    ...extra,
  };
  const ingressEnv = { ...env, ...keys.ingress, MASTER_KEYS: "" };
  const [ingress, ops] = await Promise.all([spawnApp("ingress", ingressEnv), spawnApp("ops", env)]);
  const { port: PORT } = new URL(ingress.url);
  const others: SpawnedApp[] = [];
  const running = new Map<AppName, SpawnedApp>();
  const start = async (name: Worker) => running.set(name, await spawnApp(name, env));
  await Promise.all(workers.map(start));

  const api = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const headers = { authorization: OPERATOR, ...(init.body ? { "content-type": "application/json" } : {}) };
    const response = await fetch(`${ops.url}${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? null : await response.json()) as T;
  };

  return {
    databaseUrl: database.url,
    /** For a command that reads bodies. */
    masterKeys: keys.readers,
    postgres,
    redis,
    ingress,
    ops,
    webhookUrl: `${ingress.url}/webhooks/danaya/${TOKEN}`,
    startIngress: async () => {
      const another = await spawnApp("ingress", { ...ingressEnv, PORT });
      others.push(another);
      return another;
    },
    startOps: async () => {
      const another = await spawnApp("ops", { ...env, OPS_PORT: new URL(ops.url).port });
      others.push(another);
      return another;
    },
    post: (body: Uint8Array) =>
      fetch(`${ingress.url}/webhooks/danaya/${TOKEN}`, {
        method: "POST",
        body: Buffer.from(body),
        headers: { "content-type": "application/json" },
      }),
    api,
    write: <T>(method: "POST" | "PUT", path: string, body: object) =>
      api<T>(path, { method, body: JSON.stringify(body) }),
    /** Deliveries that are neither applied nor quarantined. */
    unsettled: async () => {
      const pages = await Promise.all(
        ["pending", "failed"].map((status) => api<Listed<unknown>>(`/api/deliveries?status=${status}&limit=1`)),
      );
      return pages.flatMap((page) => page.items).length;
    },
    worker: (name: Worker) => running.get(name) as SpawnedApp,
    start,
    [Symbol.asyncDispose]: async () => {
      const apps = [ingress, ops, ...others, ...running.values()];
      await Promise.all(apps.map((app) => app.kill("SIGKILL")));
      await postgres.close();
      await redis.stop();
      await database.drop();
      await rm(spoolDir, { recursive: true, force: true });
    },
  };
}
export type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

/** The same delivery for another account: so that one pipeline plays many times with what is written once. */
export function forCompany(body: Uint8Array, companyId: number): Buffer {
  const message = JSON.parse(Buffer.from(body).toString("utf8"));
  if ("companyId" in message) message.companyId = companyId;
  for (const holder of [message, message.payload]) if (holder?.company) holder.company.id = companyId;
  return Buffer.from(JSON.stringify(message));
}
