import type { Logger, Metrics } from "@receiver/runtime";

/**
 * What the ingress does with a delivery.
 *
 * storing ── Postgres can't take it ──▶ spooling ── nor the disk ──▶ refusing        without a spool: storing ⇄ refusing
 *    ▲                                    │   ▲                          │
 *    └──── Postgres takes the oldest ─────┘   └──── the disk has room ───┘
 *
 * storing: into Postgres. spooling: onto the disk, from where it is drained. refusing: 503, nothing is stored.
 */
const storageModes = ["storing", "spooling", "refusing"] as const;
export type StorageMode = (typeof storageModes)[number];

export type ModeSwitch = {
  current(): StorageMode;
  /** Logged when it is another one. `err`: why. */
  enter(mode: StorageMode, err?: unknown): void;
};

export function createModeSwitch(logger: Logger, metrics: Metrics): ModeSwitch {
  let current: StorageMode = "storing";
  metrics.gauge(
    {
      name: "receiver_ingress_storage_mode",
      help: "1 for what is done with deliveries now: storing (Postgres), spooling (disk), refusing (503)",
      labels: ["state"],
    },
    () => storageModes.map((mode) => ({ labels: { state: mode }, value: mode === current ? 1 : 0 })),
  );
  return {
    current: () => current,
    enter: (mode, err) => {
      if (mode === current) return;
      current = mode;
      const level = mode === "storing" ? "info" : mode === "spooling" ? "warn" : "error";
      logger[level]({ event: "storage-mode-changed", state: mode, err });
    },
  };
}
