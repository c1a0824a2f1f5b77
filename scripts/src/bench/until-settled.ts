import { setTimeout as pause } from "node:timers/promises";
import type { Query } from "./servers.ts";

const LOOK_EVERY_MS = 100;
/** Without a step: then it is not slow, it stands. */
const PATIENCE_MS = 60_000;

const unsettled = `select
  (select count(*) from deliveries where status = 'pending')::integer
    + (select count(*) from notifications where status = 'pending')::integer as left`;

/** Resolves when all that is stored is applied, and told. */
export async function untilSettled(query: Query, signal: AbortSignal): Promise<void> {
  let [least, since] = [Number.POSITIVE_INFINITY, performance.now()];
  for (;;) {
    signal.throwIfAborted();
    const [row] = await query<{ left: number }>(unsettled);
    const left = row?.left ?? 0;
    if (left === 0) return;
    if (left < least) [least, since] = [left, performance.now()];
    if (performance.now() - since > PATIENCE_MS) throw new Error(`${left} deliveries and notifications do not settle`);
    await pause(LOOK_EVERY_MS);
  }
}
