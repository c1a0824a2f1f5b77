import type { z } from "zod";
import type { AppOptions, Urls } from "./app-options.ts";
import { prepareApp } from "./prepare-app.ts";

export type RunningApp = { urls: Urls; stop(): Promise<void> };

/**
 * An app without the process around it, for tests: no signals, no exit code, and no end by force.
 * @throws ConfigError, or what `start` throws, once all that was open is closed again
 */
export async function startApp<Schema extends z.ZodType>(options: AppOptions<Schema>): Promise<RunningApp> {
  const app = prepareApp(options);
  try {
    return { urls: await app.start(), stop: app.stop };
  } catch (thrown) {
    await app.stop();
    throw thrown;
  }
}
