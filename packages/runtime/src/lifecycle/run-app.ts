import type { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { toReceiverError } from "../errors/to-receiver-error.ts";
import type { AppOptions } from "./app-options.ts";
import { type PreparedApp, prepareApp } from "./prepare-app.ts";

// running --SIGTERM, SIGINT, parent gone--> stopping (exit code 0) --all closed--> the event loop runs empty, the process ends
// running --start failed, uncaught------> stopping (exit code 1)
// stopping --second signal, grace over--> forced end (exit code 1)

/** sysexits.h, EX_CONFIG: starting it again changes nothing. */
const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
/** Ctrl-C reaches every process of the group, and each parent passes it on: what comes this soon is the same wish. */
const SAME_WISH_MS = 1_000;

/**
 * Runs an app as this process: reads its configuration, starts it, says so, and stops it at SIGTERM, SIGINT or the
 * loss of its parent. Resolves when it is up or could not start. All a `main.ts` holds.
 */
export async function runApp<Schema extends z.ZodType>(options: AppOptions<Schema>): Promise<void> {
  const app = prepareOrExplain(options);
  if (app === null) return;
  const stopper = createStopper(app);
  listenToProcess(app, stopper);
  const startedAt = performance.now();
  try {
    const urls = await app.start();
    if (stopper.isStopping()) return;
    app.logger.info({ event: "ready", ...urls, durationMs: Math.round(performance.now() - startedAt) });
    process.send?.({ ready: true, ...urls }, undefined, undefined, () => {}); // a parent that is gone is told of elsewhere
  } catch (err) {
    if (stopper.isStopping()) return app.logger.info({ event: "start-abandoned", err });
    app.logger.fatal({ event: "start-failed", err });
    stopper.stop({ reason: "start-failed", exitCode: EXIT_FAILED });
  }
}

function prepareOrExplain<Schema extends z.ZodType>(options: AppOptions<Schema>): PreparedApp | null {
  try {
    return prepareApp(options);
  } catch (thrown) {
    const isConfig = thrown instanceof ConfigError;
    // Node would print the message, and a schema's own function may have put a value there.
    process.stderr.write(`${options.name}: ${isConfig ? thrown.describe() : toReceiverError(thrown).stack}\n`);
    process.exitCode = isConfig ? EXIT_CONFIG : EXIT_FAILED;
    return null;
  }
}

type StopCause = { reason: string; exitCode: number; signal?: NodeJS.Signals };
type Stopper = { stop(cause: StopCause): void; isStopping(): boolean };

function listenToProcess({ logger }: PreparedApp, { stop }: Stopper): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => stop({ reason: "signal", signal, exitCode: 0 }));
  }
  const stopBroken = (event: string) => (err: unknown) => {
    logger.fatal({ event, err });
    stop({ reason: event, exitCode: EXIT_FAILED });
  };
  process.on("uncaughtException", stopBroken("uncaught-exception"));
  process.on("unhandledRejection", stopBroken("unhandled-rejection"));
  if (process.channel) {
    process.once("disconnect", () => stop({ reason: "parent-gone", exitCode: 0 }));
    process.channel.unref(); // to hear of the parent's end is no reason to live
  }
}

function createStopper(app: PreparedApp): Stopper {
  let stoppingSince: number | null = null;
  const insist = ({ exitCode, signal }: StopCause, since: number) => {
    if (exitCode !== 0) process.exitCode = exitCode;
    if (signal !== undefined && performance.now() - since > SAME_WISH_MS) endByForce(app, "second-signal");
  };
  const stop = (cause: StopCause) => {
    if (stoppingSince !== null) return insist(cause, stoppingSince);
    stoppingSince = performance.now();
    const { reason, exitCode, signal } = cause;
    process.exitCode = exitCode;
    app.logger.info({ event: "stopping", reason, signal, graceMs: app.graceMs });
    const graceOver = setTimeout(() => endByForce(app, "grace-over"), app.graceMs);
    void app.stop().then(() => {
      app.logger.info({ event: "stopped", reason, exitCode: Number(process.exitCode) });
      graceOver.unref(); // fires only if something that nobody closes keeps the process alive
    });
  };
  return { stop, isStopping: () => stoppingSince !== null };
}

/**
 * The one process.exit. What hangs here belongs to a library that did not close in time: there is no handle of ours to
 * unref, and without an end the process would be killed from outside, with no word of what hung. Safe at any line:
 * what is not committed is done again by another process.
 */
function endByForce({ logger, stillOpen }: PreparedApp, reason: string): void {
  const open = stillOpen();
  const resources = open.length > 0 ? open : [...new Set(process.getActiveResourcesInfo())];
  logger.error({ event: "stop-forced", reason, resources });
  process.exit(EXIT_FAILED);
}
