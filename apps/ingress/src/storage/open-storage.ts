import type { Inbox } from "@receiver/ledger/inbox";
import { type Logger, type Metrics, ReceiverError } from "@receiver/runtime";
import type { SealBody } from "@receiver/sealing";
import type { Spool } from "../spool/open-spool.ts";
import { createDrainer } from "./drain-spool.ts";
import { createKeeper, type KeepDelivery } from "./keep-delivery.ts";
import { createModeSwitch, type StorageMode } from "./storage-mode.ts";
import { createStore, type StoreTools } from "./store-delivery.ts";

export type StorageDeps = Omit<StoreTools, "inbox"> & {
  inbox: Pick<Inbox, "receive" | "receiveSpooled" | "check">;
  /** null: while Postgres is away deliveries are refused. */
  spool: Spool | null;
  /** null: bodies are kept as they come. */
  seal: SealBody | null;
  allowedCompanyIds: ReadonlySet<string> | null;
  logger: Logger;
  metrics: Metrics;
};

/** Where deliveries go: Postgres, or a disk from which they are brought there. */
export type Storage = {
  keep: KeepDelivery;
  mode(): StorageMode;
  /** @throws ReceiverError what keeps a delivery from being stored anywhere now */
  check(): Promise<void>;
  /** Begins to look after the spool. */
  start(): void;
  stop(): Promise<void>;
};

export function openStorage(deps: StorageDeps): Storage {
  const { inbox, spool, seal, wake, seen, allowedCompanyIds, logger, metrics } = deps;
  const mode = createModeSwitch(logger, metrics);
  const { store, storeSpooled } = createStore({ inbox, wake, seen, logger });
  const count = countSpooled(metrics);
  if (spool !== null) gaugeSpool(metrics, spool);
  const check = () => inbox.check();
  const drainer = createDrainer({ spool, check, storeSpooled, mode, seal, allowedCompanyIds, count, logger });
  return {
    keep: createKeeper({ store, spool, mode, spooled: () => count("spooled", 1), logger }),
    mode: mode.current,
    check: async () => {
      if (mode.current() === "refusing")
        throw new ReceiverError(spool === null ? "DATABASE_UNAVAILABLE" : "SPOOL_FULL");
      if (mode.current() === "spooling") return;
      try {
        await check();
      } catch (thrown) {
        mode.enter(spool === null ? "refusing" : "spooling", thrown);
        if (spool === null) throw thrown;
      }
    },
    start: drainer.start,
    stop: drainer.stop,
  };
}

function countSpooled(metrics: Metrics) {
  const count = metrics.counter({
    name: "receiver_spooled_deliveries_total",
    help: "Deliveries through the spool: put there, brought to Postgres, refused by it, or unreadable stretches of the disk",
    labels: ["outcome"],
  });
  return (outcome: "spooled" | "drained" | "refused" | "damaged", by: number) => count({ outcome }, by);
}

function gaugeSpool(metrics: Metrics, spool: Spool): void {
  metrics.gauge(
    { name: "receiver_spool_bytes", help: "What the spool of this process takes on disk", labels: [] },
    () => [{ labels: {}, value: spool.bytes() }],
  );
}
