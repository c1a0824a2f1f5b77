import type { z } from "zod";
import { createLogger, type Logger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { type Phase, startPrivateListener } from "../metrics/private-listener.ts";
import type { AppContext, AppOptions, Urls } from "./app-options.ts";
import { trackResources } from "./close-in-reverse.ts";
import { readEnvironment } from "./process-environment.ts";

/** Read and wired, but not started: nothing is open. */
export type PreparedApp = {
  logger: Logger;
  graceMs: number;
  /** Once. */
  start(): Promise<Urls>;
  /** Closes what is open, in reverse order; waits for a start under way, and closes what that opens. Once. Never rejects. */
  stop(): Promise<void>;
  /** Names of what is not closed yet. */
  stillOpen(): string[];
};

/** @throws ConfigError */
export function prepareApp<Schema extends z.ZodType>(options: AppOptions<Schema>): PreparedApp {
  const { process: own, app: config } = readEnvironment(options.config, options.env);
  const { destination } = options;
  const logger = createLogger({ app: options.name, level: own.LOG_LEVEL, ...(destination && { destination }) });
  const metrics = createMetrics({ app: options.name });
  const { opened, closeAll, stillOpen } = trackResources(logger);
  const stopping = new AbortController();
  const checks: Record<string, () => Promise<unknown>> = {};
  let phase: Phase = "starting";
  let settled: Promise<unknown> = Promise.resolve();

  const check: AppContext<unknown>["check"] = (name, run) => {
    checks[name] = run;
  };
  const open = async (): Promise<Urls> => {
    const at = { port: own.METRICS_PORT, host: own.METRICS_HOST };
    // First, so that it answers while the rest starts; hence closed last.
    const listener = await startPrivateListener({ ...at, registry: metrics.registry, checks, phase: () => phase });
    opened("private-listener", listener);
    const urls = await options.start({ config, logger, metrics, stopping: stopping.signal, opened, check });
    if (phase === "starting") phase = "ready";
    return { ...urls, metricsUrl: listener.url };
  };
  return {
    logger,
    graceMs: own.STOP_GRACE,
    start: () => {
      const started = open();
      settled = started.catch(() => {}); // who called start hears of it
      return started;
    },
    stop: async () => {
      const deadline = Date.now() + own.STOP_GRACE;
      phase = "stopping";
      stopping.abort();
      await closeAll(deadline);
      await settled;
      await closeAll(deadline);
    },
    stillOpen,
  };
}
