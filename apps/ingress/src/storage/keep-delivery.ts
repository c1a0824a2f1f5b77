import { type Logger, ReceiverError, within } from "@receiver/runtime";
import { isOutage } from "../is-outage.ts";
import type { ReadDelivery } from "../read-delivery.ts";
import type { Spool } from "../spool/open-spool.ts";
import { spooledOf } from "../spool/spooled-delivery.ts";
import { knownType } from "./known-type.ts";
import type { ModeSwitch } from "./storage-mode.ts";
import type { Disposition, Store } from "./store-delivery.ts";

/**
 * Resolves when the delivery is on disk: in Postgres, or in the spool, which can't tell a duplicate and calls it accepted.
 * A store that is late goes on: what it commits all the same is published, and of it and its copy in the spool the later is known.
 *
 * @throws ReceiverError when neither can take it in time
 */
export type KeepDelivery = (read: ReadDelivery, withinMs: number) => Promise<Disposition>;

/**
 * A commit takes milliseconds; one that takes this long belongs to a database that hangs or drowns. With the 2 s that a body may
 * take to arrive and the spool's share it stays below the 4.5 s of an answer.
 */
const STORE_WITHIN_MS = 2_000;
/** What is kept back for the spool of the time for an answer: a flush of a busy disk. */
const SPOOL_RESERVE_MS = 500;

export type KeeperDeps = {
  store: Store["store"];
  spool: Pick<Spool, "append"> | null;
  mode: ModeSwitch;
  spooled(): void;
  logger: Logger;
};

export function createKeeper({ store, spool, mode, spooled, logger }: KeeperDeps): KeepDelivery {
  const storeWithin = (read: ReadDelivery, ms: number) => within(ms, () => store(read), late);

  const storeOnly: KeepDelivery = async (read, withinMs) => {
    try {
      const disposition = await storeWithin(read, withinMs);
      mode.enter("storing");
      return disposition;
    } catch (thrown) {
      if (isOutage(thrown)) mode.enter("refusing", thrown);
      throw thrown;
    }
  };
  if (spool === null) return storeOnly;

  const spoolIt = async (read: ReadDelivery, withinMs: number): Promise<Disposition> => {
    const { delivery } = read;
    try {
      await within(withinMs, () => spool.append(spooledOf(read)), spoolLate);
    } catch (thrown) {
      mode.enter("refusing", thrown);
      throw thrown;
    }
    if (mode.current() === "refusing") mode.enter("spooling");
    spooled();
    const disposition = delivery.problems.length === 0 ? "accepted" : "quarantined";
    const { id: deliveryId, type, companyId } = delivery;
    const messageType = knownType(type);
    logger.info({ event: "delivery-spooled", deliveryId, messageType, disposition, companyId });
    return disposition;
  };
  return async (read, withinMs) => {
    const startedAt = performance.now();
    if (mode.current() === "storing") {
      try {
        return await storeWithin(read, Math.min(STORE_WITHIN_MS, withinMs - SPOOL_RESERVE_MS));
      } catch (thrown) {
        // One that Postgres refuses for its own sake is spooled, too, and says nothing of the others.
        if (isOutage(thrown)) mode.enter("spooling", thrown);
      }
    }
    return spoolIt(read, withinMs - (performance.now() - startedAt));
  };
}

const late = () => new ReceiverError("DATABASE_UNAVAILABLE");
const spoolLate = () => new ReceiverError("SPOOL_UNAVAILABLE");
