import type { DestinationStream } from "pino";
import type { z } from "zod";
import type { Environment } from "../config/read-config.ts";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Closable } from "./close-in-reverse.ts";

export type AppContext<Config> = {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  /** Aborted when the process begins to stop. */
  stopping: AbortSignal;
  /** To be told of each thing as soon as it is open, also when what follows fails. Closed in reverse order. */
  opened<T extends Closable>(name: string, resource: T): T;
  /** Adds to `/readyz`. */
  check(name: string, run: () => Promise<unknown>): void;
};

/** `url`: where the app itself listens, if it does. */
export type Urls = { url?: string; metricsUrl: string };

export type AppOptions<Schema extends z.ZodType> = {
  name: string;
  env: Environment;
  /** From the whole environment to what `start` needs. */
  config: Schema;
  start(context: AppContext<z.output<Schema>>): Promise<{ url?: string }>;
  /** For the log; standard output unless given. */
  destination?: DestinationStream;
};
