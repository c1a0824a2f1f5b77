/** The processes of the product as it runs here, by the app of each. */
export const processes = {
  "ingress-1": "ingress",
  "ingress-2": "ingress",
  "status-worker-1": "status-worker",
  "status-worker-2": "status-worker",
  "retry-worker": "retry-worker",
  "notification-worker": "notification-worker",
  "reconciliation-worker": "reconciliation-worker",
  ops: "ops",
} as const;
export type ProcessName = keyof typeof processes;

export type Target = ProcessName | "redis" | "postgres";
export type Action = "kill" | "freeze" | "empty" | "cut" | "hang" | "crash" | "end connections";

/** What is done, and to one of which. */
type Kind = { action: Action; targets: readonly [Target, ...Target[]] };

const ingresses = ["ingress-1", "ingress-2"] as const;
const statusWorkers = ["status-worker-1", "status-worker-2"] as const;

export const faultKinds = {
  "kill-ingress": { action: "kill", targets: ingresses },
  "kill-status-worker": { action: "kill", targets: statusWorkers },
  "kill-retry-worker": { action: "kill", targets: ["retry-worker"] },
  "kill-notification-worker": { action: "kill", targets: ["notification-worker"] },
  "kill-reconciliation-worker": { action: "kill", targets: ["reconciliation-worker"] },
  "kill-ops": { action: "kill", targets: ["ops"] },
  "freeze-ingress": { action: "freeze", targets: ingresses },
  "freeze-status-worker": { action: "freeze", targets: statusWorkers },
  "freeze-retry-worker": { action: "freeze", targets: ["retry-worker"] },
  "freeze-notification-worker": { action: "freeze", targets: ["notification-worker"] },
  "freeze-reconciliation-worker": { action: "freeze", targets: ["reconciliation-worker"] },
  "freeze-ops": { action: "freeze", targets: ["ops"] },
  "empty-redis": { action: "empty", targets: ["redis"] },
  "cut-redis": { action: "cut", targets: ["redis"] },
  "hang-redis": { action: "hang", targets: ["redis"] },
  "crash-redis": { action: "crash", targets: ["redis"] },
  "cut-postgres": { action: "cut", targets: ["postgres"] },
  "hang-postgres": { action: "hang", targets: ["postgres"] },
  "end-postgres-connections": { action: "end connections", targets: ["postgres"] },
  "crash-postgres": { action: "crash", targets: ["postgres"] },
} as const satisfies Record<string, Kind>;

export type FaultKind = keyof typeof faultKinds;
export const allFaultKinds = Object.keys(faultKinds) as FaultKind[];

/**
 * How long each lasts, in milliseconds: at least, at most. A killed process is started again after that, as an orchestrator
 * would. What only happens lasts no time of its own.
 */
export const durations: Record<Action, readonly [number, number]> = {
  kill: [100, 3_000],
  freeze: [200, 15_000],
  cut: [200, 8_000],
  hang: [200, 15_000],
  empty: [0, 0],
  crash: [0, 0],
  "end connections": [0, 0],
};
