import { setTimeout as pause } from "node:timers/promises";
import { type Action, faultKinds, type ProcessName, type Target } from "../plan/fault-kinds.ts";
import type { PlannedFault } from "../plan/plan-faults.ts";
import type { World } from "../world/start-world.ts";

/** Does what the fault says and undoes it after its time. Resolves when the fault is over. */
export async function carryOut(fault: PlannedFault, world: World, signal: AbortSignal): Promise<void> {
  const lasts = () => pause(fault.lastsMs, undefined, { signal }).catch(() => undefined);
  await actions[faultKinds[fault.kind].action](world, fault.target, lasts);
}

type Act = (world: World, target: Target, lasts: () => Promise<void>) => Promise<void>;

const actions: Record<Action, Act> = {
  kill: async (world, target, lasts) => {
    const process = processOf(world, target);
    await process.kill();
    await lasts();
    await process.start();
  },
  freeze: async (world, target, lasts) => {
    const process = processOf(world, target);
    process.freeze();
    await lasts();
    process.thaw();
  },
  cut: async (world, target, lasts) => {
    const { proxy } = serverOf(world, target);
    await proxy.cut();
    await lasts();
    await proxy.restore();
  },
  hang: async (world, target, lasts) => {
    const { proxy } = serverOf(world, target);
    proxy.hang();
    await lasts();
    await proxy.restore();
  },
  crash: (world, target) => serverOf(world, target).crash(),
  empty: ({ services }) => services.redis.empty(),
  "end connections": async ({ services }) => void (await services.postgres.query(END_CONNECTIONS)),
};

/** Those of the product: it gives itself names, the suite does not. */
const END_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name <> ''`;

const processOf = (world: World, target: Target) => world.processes[target as ProcessName];
const serverOf = ({ services }: World, target: Target) => (target === "redis" ? services.redis : services.postgres);
