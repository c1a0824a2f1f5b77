import { type Logger, ReceiverError, repeatUntilStopped } from "@receiver/runtime";
import { isEnvelope, type SealBody } from "@receiver/sealing";
import { type ReadDelivery, readDelivery } from "../read-delivery.ts";
import { sealDelivery } from "../seal-delivery.ts";
import type { Spool, SpoolDrain } from "../spool/open-spool.ts";
import { readOf, receiptOf, type SpooledDelivery } from "../spool/spooled-delivery.ts";
import { createTally } from "../tally.ts";
import type { ModeSwitch } from "./storage-mode.ts";
import type { Store } from "./store-delivery.ts";

/** So soon after Postgres is back it is noticed. One small query meanwhile, and nothing while all is well. */
const LOOK_EVERY_MS = 500;
/** Another process of this machine that was killed may not come back soon: its deliveries should not wait for it. */
const ADOPT_EVERY_MS = 10_000;
/** What Postgres refused may have been a fault of ours, mended since: a migration that was missing, say. */
const RETRY_REFUSED_EVERY_MS = 10 * 60_000;

export type DrainerDeps = {
  spool: Spool | null;
  /** @throws unless a delivery could be stored in Postgres now */
  check(): Promise<void>;
  storeSpooled: Store["storeSpooled"];
  mode: ModeSwitch;
  seal: SealBody | null;
  allowedCompanyIds: ReadonlySet<string> | null;
  count(outcome: "drained" | "refused" | "damaged", by: number): void;
  logger: Logger;
};

export type Drainer = { start(): void; stop(): Promise<void> };

/** Looks after what waits on disk: takes over what others left, and brings it all to Postgres as soon as that is there. */
export function createDrainer(deps: DrainerDeps): Drainer {
  const { spool, check, mode, logger } = deps;
  const stopping = new AbortController();
  const failures = createTally((err: unknown, count) => logger.warn({ event: "spool-not-drained", err, count }));
  const unreachable = createTally((err: unknown, count) => logger.error({ event: "spool-not-taken-over", err, count }));
  const into = drainInto(deps, stopping.signal);
  const adoptDue = every(ADOPT_EVERY_MS);
  const retryDue = every(RETRY_REFUSED_EVERY_MS);

  const lookAt = async (spool: Spool): Promise<void> => {
    if (adoptDue()) {
      const { count, failed } = await spool.adopt();
      if (count > 0) logger.info({ event: "spool-taken-over", count, bytes: spool.bytes() });
      for (const cause of failed) unreachable.note(new ReceiverError("SPOOL_UNAVAILABLE", { cause }));
    }
    if (retryDue()) await spool.retryRefused();
    if (spool.isEmpty()) return;
    await check(); // a database without its tables would refuse them all
    await spool.drain(into);
    logger.info({ event: "spool-drained", bytes: spool.bytes() });
  };
  const storeAgain = async (): Promise<void> => {
    await check();
    mode.enter("storing");
  };
  const look = async (): Promise<void> => {
    if (spool !== null) await lookAt(spool);
    if (mode.current() === "spooling") await storeAgain();
  };
  // Apart from the spool: its disk may be what fails, or hangs, while Postgres could take everything.
  const lookElsewhere = async (): Promise<void> => {
    if (mode.current() === "refusing") await storeAgain();
  };
  const again = (task: () => Promise<void>) => {
    const noted = () => task().catch((thrown) => (stopping.signal.aborted ? undefined : failures.note(thrown)));
    return repeatUntilStopped(noted, { pauseMs: LOOK_EVERY_MS, stopping: stopping.signal });
  };
  let looking: Promise<unknown> = Promise.resolve();
  return {
    start: () => {
      looking = Promise.all([again(look), again(lookElsewhere)]);
    },
    stop: async () => {
      stopping.abort();
      await looking;
      failures.flush();
      unreachable.flush();
    },
  };
}

function drainInto({ storeSpooled, mode, seal, allowedCompanyIds, count, logger }: DrainerDeps, stopping: AbortSignal) {
  const readAgain = async (spooled: SpooledDelivery): Promise<ReadDelivery> => {
    const read =
      spooled.facts === null
        ? readDelivery(spooled.body, receiptOf(spooled), allowedCompanyIds)
        : readOf(spooled, spooled.facts);
    if (read.kind === "not-json") throw new ReceiverError("CONTRACT_BROKEN"); // another version took it
    return isEnvelope(spooled.body) ? read : sealDelivery(read, seal);
  };
  return {
    store: async (deliveries) => {
      if (stopping.aborted) throw new ReceiverError("STOPPING");
      await storeSpooled(await Promise.all(deliveries.map(readAgain)));
      count("drained", deliveries.length);
      mode.enter("storing"); // what arrives now needn't wait behind what is here
    },
    refused: (err) => {
      count("refused", 1);
      logger.error({ event: "spooled-delivery-refused", err });
    },
    damaged: (bytes) => {
      count("damaged", 1);
      logger.error({ event: "spool-damaged", bytes });
    },
  } satisfies SpoolDrain;
}

/** True at the first question, and then once each time so many milliseconds have passed. */
function every(ms: number): () => boolean {
  let next = 0;
  return () => {
    if (performance.now() < next) return false;
    next = performance.now() + ms;
    return true;
  };
}
