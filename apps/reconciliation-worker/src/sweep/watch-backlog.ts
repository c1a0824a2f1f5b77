import type { Ledger, SweptKind } from "@receiver/ledger";
import { type SweepTools, sweptKinds } from "./sweep-tools.ts";

/**
 * A gauge of how long the oldest row of each kind has waited, and a step of the sweep that tells the log when that gets
 * longer than `warnAfterMs`, and when it is over.
 */
export function watchBacklog({ ledger, logger, metrics }: SweepTools, warnAfterMs: number): () => Promise<void> {
  metrics.gauge(
    {
      name: "receiver_oldest_pending_seconds",
      help: "Age of the oldest delivery that is neither applied nor failed, or how late the oldest notification or follow-up is",
      labels: ["kind"],
    },
    () =>
      Promise.all(sweptKinds.map(async (kind) => ({ labels: { kind }, value: (await ageOf(ledger, kind)) / 1_000 }))),
  );
  const old = new Set<SweptKind>();
  return async () => {
    for (const kind of sweptKinds) {
      const durationMs = await ageOf(ledger, kind);
      if (durationMs > warnAfterMs && !old.has(kind)) {
        old.add(kind);
        logger.warn({ event: "backlog-old", kind, durationMs });
      }
      if (durationMs <= warnAfterMs && old.delete(kind)) logger.info({ event: "backlog-recovered", kind });
    }
  };
}

/** Milliseconds since the oldest row was due; 0 when none is. The cursor behind a page of one row bears that row's time. */
async function ageOf(ledger: Ledger, kind: SweptKind): Promise<number> {
  const now = new Date();
  const { next } = await ledger.sweep.overdue(kind, { before: now, after: null, limit: 1 });
  return next === null ? 0 : now.getTime() - next.at.getTime();
}
