import { type App, apps, type Scale } from "./options.ts";
import { type Supervised, supervise } from "./supervise.ts";

export type PipelineUrls = { ingressUrl: string; opsUrl: string; metricsUrls: Record<string, string> };
export type Pipeline = {
  /** Resolves when every process said that it is up; rejects when one can't start. */
  ready: Promise<PipelineUrls>;
  /** Stops the processes, the ingress first, so that nothing new comes in while the rest finish. */
  stop(): Promise<void>;
};

export type PipelineOptions = {
  env: NodeJS.ProcessEnv;
  /** Beside `env`, for those that read bodies and for the others. */
  sealing: Record<"readers" | "others", Record<string, string>>;
  scale: Scale;
  /** Where the logs go: an open file. Left out: to our own output. */
  log?: number;
  say(line: string): void;
};

const readsNoBody: ReadonlySet<App> = new Set(["ingress", "notification-worker"]);

export function startPipeline({ env, sealing, scale, log, say }: PipelineOptions): Pipeline {
  const shared = { ...env, METRICS_PORT: "0", ...(scale.ingress > 1 && { REUSE_PORT: "true" }) };
  const given = (app: App) => ({ ...shared, ...sealing[readsNoBody.has(app) ? "others" : "readers"] });
  const started = apps.flatMap((app) =>
    Array.from({ length: scale[app] }, (_, index) => {
      const name = scale[app] > 1 ? `${app}-${index + 1}` : app;
      return { app, name, process: supervise({ app, name, env: given(app), log, say }) };
    }),
  );
  return {
    ready: Promise.all(started.map(async ({ app, name, process }) => ({ app, name, urls: await process.ready }))).then(
      (all) => ({
        ingressUrl: urlOf(all, "ingress"),
        opsUrl: urlOf(all, "ops"),
        metricsUrls: Object.fromEntries(all.map(({ name, urls }) => [name, `${urls.metricsUrl}/metrics`])),
      }),
    ),
    stop: async () => {
      for (const group of Object.values(Object.groupBy(started, ({ app }) => app)).reverse()) {
        await Promise.all(group.map(({ process }) => process.stop()));
      }
    },
  };
}

function urlOf(all: { app: App; urls: Awaited<Supervised["ready"]> }[], app: App): string {
  const url = all.find((entry) => entry.app === app)?.urls.url;
  if (url === undefined) throw new Error(`${app} did not say where it listens`);
  return url;
}
