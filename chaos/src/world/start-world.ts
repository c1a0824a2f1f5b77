import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "@receiver/ledger";
import { type AppName, sealingKeys } from "@receiver/testing/processes";
import { type ProcessName, processes } from "../plan/fault-kinds.ts";
import { type KeptProcess, keepProcess } from "./keep-process.ts";
import { type Services, startServices } from "./start-services.ts";
import { type ToldSubscriber, welcomeSubscribers } from "./welcome-subscribers.ts";
import { installWitness } from "./witness.ts";

/** The product as real processes, its servers, its subscribers, and the way for Danaya. */
export type World = {
  services: Services;
  processes: Record<ProcessName, KeptProcess>;
  subscribers: readonly ToldSubscriber[];
  /** One per ingress process. */
  webhookUrls: () => string[];
  /** Ends of processes that nobody asked for. */
  incidents: readonly string[];
  /** Shared by the ingress processes. */
  spoolDir: string;
  /** What bodies are sealed with; the ingress has its public half alone. */
  masterKey: SealingKeys["masterKey"];
  /** Ends the processes; the servers stay, to be looked into. */
  stopProduct(): Promise<void>;
  /** Ends whatever runs. */
  stop(): Promise<void>;
};

type SealingKeys = Awaited<ReturnType<typeof sealingKeys>>;

export type WorldOptions = {
  seed: number;
  env: NodeJS.ProcessEnv;
  /** For the processes' output and the ingress' spool. */
  folder: string;
  log(line: string): void;
};

export async function startWorld({ seed, env, folder, log }: WorldOptions): Promise<World> {
  await mkdir(folder, { recursive: true });
  await using starting = new AsyncDisposableStack(); // what is up is stopped when the rest can't start
  const services = await startServices(env, log);
  starting.defer(services.stop);
  const { postgres, redis } = services;
  await migrate(postgres.proxy.url);
  await installWitness(postgres.query);

  const token = randomBytes(24).toString("base64url");
  const password = randomBytes(12).toString("base64url");
  const settings = settingsFor({ databaseUrl: postgres.proxy.url, redisUrl: redis.proxy.url, token, password, folder });
  const keys = await sealingKeys();
  const incidents: string[] = [];
  const endedByItself = (what: string) => {
    incidents.push(what);
    log(what);
  };
  const keep = ([name, app]: [string, AppName]) =>
    [
      name,
      keepProcess({
        app,
        name,
        env: { ...settings, ...keys[app === "ingress" ? "ingress" : "readers"] },
        logs: folder,
        endedByItself,
      }),
    ] as const;
  const kept = Object.fromEntries(Object.entries(processes).map(keep)) as Record<ProcessName, KeptProcess>;
  const stopProduct = async () => void (await Promise.all(Object.values(kept).map((process) => process.stop())));
  starting.defer(stopProduct);
  await Promise.all(Object.values(kept).map((process) => process.start()));

  const subscribers = await welcomeSubscribers({ url: `${kept.ops.url()}`, name: "operator", password }, seed);
  for (const { endpoint } of subscribers) starting.defer(endpoint.close);
  const started = starting.move();
  return {
    services,
    processes: kept,
    subscribers,
    webhookUrls: () => [kept["ingress-1"], kept["ingress-2"]].map(({ url }) => `${url()}/webhooks/danaya/${token}`),
    incidents,
    spoolDir: settings.SPOOL_DIR,
    masterKey: keys.masterKey,
    stopProduct,
    stop: () => started.disposeAsync(),
  };
}

type Given = { databaseUrl: string; redisUrl: string; token: string; password: string; folder: string };

/** As in production, but that a sweep comes within seconds: so that a run of two minutes shows that all heals. */
function settingsFor({ databaseUrl, redisUrl, token, password, folder }: Given) {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DANAYA_WEBHOOK_TOKENS: token,
    OPS_USERS: `operator:operator:${password}`,
    OUTGOING_ALLOW: "127.0.0.0/8",
    CONFIRM: "never",
    SPOOL_DIR: join(folder, "spool"),
    SWEEP_INTERVAL_MS: "1s",
    SWEEP_AFTER_MS: "3s",
  };
}
