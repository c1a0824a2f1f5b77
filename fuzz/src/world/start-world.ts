import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type AppName, receivingServer, type SpawnedApp, spawnApp } from "@receiver/testing/processes";
import { type Services, startServices } from "./start-services.ts";
import { installWitness } from "./witness.ts";

const apps = [
  ...["ingress", "ops", "status-worker", "retry-worker", "notification-worker", "reconciliation-worker"],
] as const satisfies AppName[];

/** The product as real processes. Nobody starts one again: an end is a finding. */
export type World = {
  services: Services;
  processes: ReadonlyMap<AppName, SpawnedApp>;
  ingressUrl: URL;
  /** Answers the status, in JSON or as a page. */
  askOps(path: string): Promise<Response>;
  /** Ends that nobody asked for. */
  incidents: readonly string[];
  stop(): Promise<void>;
};

export type WorldOptions = { token: string; env: NodeJS.ProcessEnv; folder: string; log(line: string): void };

/** An app starts in about a second; a machine at its limit takes long. */
const READY_WITHIN_MS = 300_000;
const PASSWORD = "fuzz-password-1"; // of a process that listens on loopback, as long as the run lasts
const operator = { authorization: `Basic ${Buffer.from(`operator:${PASSWORD}`).toString("base64")}` };

export async function startWorld({ token, env, folder, log }: WorldOptions): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const services = await startServices(env, log);
  starting.defer(services.stop);
  await installWitness(services.query);
  const settings = {
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    DANAYA_WEBHOOK_TOKENS: token,
    TRUSTED_PROXIES: "127.0.0.1/32", // so that what stands in X-Forwarded-For is read
    OPS_USERS: `operator:operator:${PASSWORD}`,
    OUTGOING_ALLOW: "127.0.0.0/8",
    CONFIRM: "never",
    SPOOL_DIR: join(folder, "spool"),
    NODE_OPTIONS: `--import ${new URL("collect-garbage.ts", import.meta.url).href}`,
  };
  const incidents: string[] = [];
  let isStopping = false;
  const start = async (name: AppName) => {
    const heard = (line: string) => appendFileSync(join(folder, `${name}.log`), `${line}\n`);
    const app: SpawnedApp = await spawnApp(name, settings, { heard, readyWithinMs: READY_WITHIN_MS });
    starting.defer(async () => {
      isStopping = true;
      await app.kill("SIGKILL");
    });
    void app.exited.then(({ code, signal }) => {
      if (!isStopping) incidents.push(`${name} ended with ${signal ?? `code ${code}`}`);
    });
    return [name, app] as const;
  };
  const processes = new Map(await Promise.all(apps.map(start)));
  const urlOf = (name: AppName) => String(processes.get(name)?.url);
  const askOps = (path: string, init: RequestInit = {}) =>
    fetch(`${urlOf("ops")}${path}`, { ...init, headers: { ...operator, ...init.headers } });

  const endpoint = await receivingServer();
  starting.defer(endpoint.close);
  await welcome(askOps, endpoint.url);
  const started = starting.move();
  return {
    services,
    processes,
    ingressUrl: new URL(urlOf("ingress")),
    askOps,
    incidents,
    stop: () => started.disposeAsync(),
  };
}

/** So that whatever is applied is told, too. */
async function welcome(ask: (path: string, init: RequestInit) => Promise<Response>, url: string): Promise<void> {
  const body = JSON.stringify({ name: "fuzz", kind: "http", url, types: ["*"] });
  const headers = { "content-type": "application/json" };
  const response = await ask("/api/subscribers", { method: "POST", headers, body });
  if (!response.ok) throw new Error(`no subscriber: ${response.status} ${await response.text()}`);
}
