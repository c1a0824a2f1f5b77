import { setTimeout as pause } from "node:timers/promises";
import type { Expected } from "../plan/plan-traffic.ts";
import type { Query } from "../world/start-services.ts";

/** Which deliveries that were answered 2xx have not reached their end yet. Times are milliseconds since 1970. */
export type Settlement = {
  answered(id: string, expected: Expected): void;
  unsettled(): number;
  /** Resolves with the milliseconds after `endedAt` at which nothing answered before it was unsettled any more. */
  healed(endedAt: number): Promise<number>;
  stop(): Promise<void>;
};

const POLL_EVERY_MS = 250;

const SETTLED = `select id from deliveries
  where (id = any($1) and status = 'applied') or (id = any($2) and status = 'quarantined')`;

/** Asks Postgres now and then, through a connection that no fault but Postgres' own reaches. */
export function watchSettlement(query: Query): Settlement {
  const open = new Map<string, { since: number; expected: Expected }>();
  const settled = new Set<string>();
  let healing: { endedAt: number; resolve(ms: number): void }[] = [];
  let stopped = false;

  const ask = async () => {
    const idsOf = (wanted: Expected) => [...open].filter(([, { expected }]) => expected === wanted).map(([id]) => id);
    const rows = await query<{ id: string }>(SETTLED, [idsOf("applied"), idsOf("quarantined")]);
    for (const { id } of rows) {
      open.delete(id);
      settled.add(id);
    }
  };
  const tellHealed = (now: number) => {
    const oldest = Math.min(...[...open.values()].map(({ since }) => since));
    const isHealed = ({ endedAt }: { endedAt: number }) => endedAt <= now && oldest > endedAt;
    for (const { endedAt, resolve } of healing.filter(isHealed)) resolve(now - endedAt);
    healing = healing.filter((one) => !isHealed(one));
  };
  const watch = async () => {
    while (!stopped) {
      const askedAt = Date.now();
      // Postgres may be restarting: the next look will tell.
      await ask().then(
        () => tellHealed(askedAt),
        () => undefined,
      );
      await pause(POLL_EVERY_MS);
    }
  };
  const watching = watch();

  return {
    answered(id, expected) {
      if (expected !== "refused" && !settled.has(id) && !open.has(id)) open.set(id, { since: Date.now(), expected });
    },
    unsettled: () => open.size,
    healed: (endedAt) => new Promise((resolve) => void healing.push({ endedAt, resolve })),
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
