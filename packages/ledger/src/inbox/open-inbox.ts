import { createGroupCommit, ReceiverError, toReceiverError } from "@receiver/runtime";
import { sql } from "kysely";
import { openDatabase } from "../database.ts";
import { readWeaknesses } from "../durability/read-durability.ts";
import type { Weakness } from "../durability/weaknesses.ts";
import { checkSchema } from "../migrate.ts";
import type { LedgerTables } from "../tables.ts";
import { type LedgerDatabase, query } from "../transaction.ts";
import { type IncomingDelivery, type Receipt, storeDeliveries } from "./store-deliveries.ts";

export type InboxOptions = {
  databaseUrl: string;
  applicationName: string;
  /** Connections at most: two batches in flight and the probe. */
  poolSize?: number;
};

/** What the public process may do with the ledger: put deliveries in, and nothing else. */
export type Inbox = {
  /**
   * Resolves after the commit: what it answers is on disk.
   *
   * @throws ReceiverError DATABASE_UNAVAILABLE or DATABASE_CONTENTION
   */
  receive(delivery: IncomingDelivery): Promise<Receipt>;
  /**
   * A batch that waited on disk, all or none. At most what one statement
   * takes: 200 deliveries, 8 MiB.
   *
   * @throws ReceiverError DATABASE_UNAVAILABLE or DATABASE_CONTENTION, and INTERNAL when one of them spoils the batch
   */
  receiveSpooled(deliveries: readonly IncomingDelivery[]): Promise<Receipt[]>;
  /** @throws ReceiverError DATABASE_UNAVAILABLE or SCHEMA_BEHIND unless a delivery could be stored now. */
  check(): Promise<void>;
  /** Why what is committed may be lost. @throws ReceiverError DATABASE_UNAVAILABLE */
  weaknesses(): Promise<Weakness[]>;
  /** Waits for what is being committed, then closes the connections. */
  close(): Promise<void>;
};

const POOL_SIZE = 4;
/** Within the 5 s that the strictest of the providers compared (Persona) gives an answer. */
const STATEMENT_TIMEOUT_MS = 3_000;
/** More gain little: at 200 the commit is already shared well enough to saturate two cores. */
const BATCH_MAX_DELIVERIES = 200;
/** Bodies of usual size don't reach it. Two hundred of the largest would, twice over in hexadecimal, exceed what a string may hold. */
const BATCH_MAX_BYTES = 8 * 1_024 * 1_024;
/** A second connection keeps Postgres busy between one batch's commit and the next one's arrival. */
const BATCHES_IN_FLIGHT = 2;
/** Half a minute of heavy traffic; the process must outlive a Postgres that hangs. */
const WAITING_MAX_BYTES = 64 * 1_024 * 1_024;
/** The ingress answers 503 after 4.5 s: what would be stored later than that was answered as not stored. */
const PATIENCE_MS = 4_500;

export function openInbox(options: InboxOptions): Inbox {
  const db = openDatabase<LedgerTables>({
    poolSize: POOL_SIZE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    ...options,
  });
  const commits = createGroupCommit<IncomingDelivery, Receipt>({
    commit: (batch) => query(() => storeDeliveries(db, batch)),
    isWorthSplitting: (thrown) => toReceiverError(thrown).code === "INTERNAL",
    sizeOf: (delivery) => delivery.body.byteLength,
    maxItems: BATCH_MAX_DELIVERIES,
    maxSize: BATCH_MAX_BYTES,
    batchesInFlight: BATCHES_IN_FLIGHT,
    maxWaitingSize: WAITING_MAX_BYTES,
    patienceMs: PATIENCE_MS,
    refuse: () => new ReceiverError("DATABASE_UNAVAILABLE"),
  });

  return {
    receive: (delivery) => commits.add(delivery),
    receiveSpooled: (deliveries) => query(() => storeDeliveries(db, deliveries)),
    check: () =>
      query(async () => {
        await checkSchema(db);
        await refuseReadOnly(db);
      }),
    weaknesses: () => query(() => readWeaknesses(db)),
    close: async () => {
      await commits.idle();
      await db.destroy();
    },
  };
}

/** A standby answers questions and stores nothing. */
async function refuseReadOnly(db: LedgerDatabase): Promise<void> {
  const { rows } = await sql<{ setting: string }>`select current_setting('transaction_read_only') as setting`.execute(
    db,
  );
  if (rows[0]?.setting !== "off") throw new ReceiverError("DATABASE_UNAVAILABLE");
}
