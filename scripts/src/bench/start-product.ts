import { developmentValues } from "../start/development-values.ts";
import { type App, apps, type Scale } from "../start/options.ts";
import { startPipeline } from "../start/pipeline.ts";
import type { Ground } from "./servers.ts";

export type Product = { webhookUrl: string; stop(): Promise<void> };
export type ProductOptions = { ground: Ground; workers: boolean; folder: string; log: number; say(line: string): void };

const listening: ReadonlySet<App> = new Set(["ingress", "ops"]);

/** The apps as `npm start` starts them, encryption included, on ports of their own; with or without those that apply and tell. */
export async function startProduct({ ground, workers, folder, log, say }: ProductOptions): Promise<Product> {
  const values = await developmentValues({ PORT: "0", OPS_PORT: "0" }, folder);
  const scale = Object.fromEntries(apps.map((app) => [app, workers || listening.has(app) ? 1 : 0])) as Scale;
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env; // and nothing that configures the apps
  const env = {
    ...{ PATH, HOME, TMPDIR, NODE_COMPILE_CACHE },
    ...values.env,
    DATABASE_URL: ground.databaseUrl,
    REDIS_URL: ground.redisUrl,
  };
  const pipeline = startPipeline({ env, sealing: values.sealing, scale, log, say });
  try {
    const { ingressUrl } = await pipeline.ready;
    return { webhookUrl: `${ingressUrl}/webhooks/danaya/${values.token}`, stop: pipeline.stop };
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}
