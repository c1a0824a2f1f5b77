import { setTimeout as sleep } from "node:timers/promises";
import type { Logger, Metrics } from "@receiver/runtime";
import { type Weakness, weaknesses } from "./weaknesses.ts";

export type DurabilityTools = { logger: Logger; metrics: Metrics; stopping: AbortSignal };

/** Postgres may be away when a process starts. */
const PAUSE_MS = 1_000;

/**
 * Says once, when Postgres first answers, whether it keeps what it commits, and has a gauge that asks anew at each scrape.
 * It stops nobody: an asynchronous standby may be there for reports, and a weak Postgres is better than none.
 *
 * @param database the ledger, or the inbox
 * @returns what is to be closed before the database is
 */
export function watchDurability(
  database: { weaknesses(): Promise<Weakness[]> },
  { logger, metrics, stopping }: DurabilityTools,
): { close(): void } {
  metrics.gauge(
    {
      name: "receiver_database_durable",
      help: "1 when a commit survives a crash of Postgres and a failover to the standby that is seen, 0 when not; `durability-weak` in the log says why",
      labels: [],
    },
    async () => [{ labels: {}, value: (await database.weaknesses()).length === 0 ? 1 : 0 }],
  );
  const closing = new AbortController();
  void tellOnce(database, logger, AbortSignal.any([stopping, closing.signal]));
  return { close: () => closing.abort() }; // a question that is under way ends with the database
}

/** Never rejects. */
async function tellOnce(
  database: { weaknesses(): Promise<Weakness[]> },
  logger: Logger,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    const codes = await database.weaknesses().catch(() => null); // that it is away is told by whoever needs it
    if (codes !== null && codes.length > 0) logger[levelOf(codes)]({ event: "durability-weak", codes });
    if (codes !== null) return;
    await sleep(PAUSE_MS, undefined, { signal: over }).catch(() => {}); // only the signal ends it early
  }
}

/** A crash comes sooner than a failover, which somebody decides on. */
const levelOf = (codes: readonly Weakness[]): "error" | "warn" =>
  codes.some((code) => weaknesses[code].by === "crash") ? "error" : "warn";
