import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "../plan/fault-kinds.ts";
import type { PlannedFault } from "../plan/plan-faults.ts";
import type { World } from "../world/start-world.ts";
import { carryOut } from "./carry-out.ts";
import type { Settlement } from "./settlement.ts";

/** A fault as it was. Times are milliseconds since 1970. */
export type Struck = {
  fault: PlannedFault;
  beganAt: number;
  endedAt: number;
  /** Deliveries answered 2xx and not settled when it began. */
  inFlight: number;
  /** From its end until what was answered before that was settled; null: it never was. */
  healMs: number | null;
};

export type StrikeOptions = {
  plan: readonly PlannedFault[];
  world: World;
  settlement: Settlement;
  signal: AbortSignal;
};

/**
 * Lets each fault strike at its time. Faults overlap, but two of one target follow each other: nothing can be killed while
 * it is dead. Resolves when the last one is over; `struck` is filled as they begin.
 */
export async function strike({ plan, world, settlement, signal }: StrikeOptions, struck: Struck[]): Promise<void> {
  const startedAt = Date.now();
  const turns = new Map<Target, Promise<void>>();
  const failures: unknown[] = [];

  const begin = async (fault: PlannedFault) => {
    if (signal.aborted) return;
    const entry: Struck = { fault, beganAt: Date.now(), endedAt: 0, inFlight: settlement.unsettled(), healMs: null };
    struck.push(entry);
    await carryOut(fault, world, signal);
    entry.endedAt = Date.now();
    void settlement.healed(entry.endedAt).then((ms) => {
      entry.healMs = ms;
    });
  };
  for (const fault of plan) {
    await pause(Math.max(0, startedAt + fault.at - Date.now()), undefined, { signal }).catch(() => undefined);
    const before = turns.get(fault.target) ?? Promise.resolve();
    turns.set(
      fault.target,
      before.then(() => begin(fault)).catch((error: unknown) => void failures.push(error)),
    );
  }
  await Promise.all(turns.values());
  if (failures.length > 0) throw failures[0];
}
