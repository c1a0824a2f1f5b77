import { readFile } from "node:fs/promises";
import { isContention, isOutage } from "../is-outage.ts";
import { readStretches } from "./record.ts";
import type { SealedSegment } from "./segment-list.ts";
import type { SpooledDelivery } from "./spooled-delivery.ts";

export type DrainSteps = {
  /**
   * Brings deliveries into the ledger, all or none. Told of some a second time, after a crash, it must know them.
   * An infrastructure error ends the draining; after another one they are tried in halves.
   */
  store(deliveries: readonly SpooledDelivery[]): Promise<void>;
  /** The ledger refuses this one, and would always: it must not stand before the others. */
  refuse(delivery: SpooledDelivery, err: unknown): Promise<void>;
  /** Bytes that are no record. */
  setAside(bytes: Uint8Array): Promise<void>;
};

/** As many as one statement of the inbox takes. */
const BATCH_MAX_DELIVERIES = 200;
const BATCH_MAX_BYTES = 8 * 1_024 * 1_024;

/** From where it was left, in order. What is done is remembered in `segment.drainedTo`, also when it ends early. */
export async function drainSegment(segment: SealedSegment, { store, refuse, setAside }: DrainSteps): Promise<void> {
  const bytes = (await readFile(segment.path)).subarray(segment.drainedTo);
  const start = segment.drainedTo;
  let batch: SpooledDelivery[] = [];
  let batchBytes = 0;

  const flush = async (end: number) => {
    if (batch.length > 0) await storeOrRefuse(batch, store, refuse);
    [batch, batchBytes] = [[], 0];
    segment.drainedTo = end;
  };
  let end = start;
  for (const stretch of readStretches(bytes)) {
    if (stretch.kind === "damaged") {
      await flush(end);
      await setAside(stretch.bytes);
      segment.drainedTo = start + stretch.end;
    } else {
      batch.push(stretch.delivery);
      batchBytes += stretch.delivery.body.byteLength;
    }
    end = start + stretch.end;
    if (batch.length >= BATCH_MAX_DELIVERIES || batchBytes >= BATCH_MAX_BYTES) await flush(end);
  }
  await flush(end);
}

async function storeOrRefuse(
  batch: readonly SpooledDelivery[],
  store: DrainSteps["store"],
  refuse: DrainSteps["refuse"],
): Promise<void> {
  try {
    await store(batch);
  } catch (thrown) {
    const [only, ...others] = batch;
    // Too slow, perhaps, because they are many: fewer may be stored in time.
    const isPassable = !isOutage(thrown) || (isContention(thrown) && others.length > 0);
    if (only === undefined || !isPassable) throw thrown;
    if (others.length === 0) return refuse(only, thrown);
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) await storeOrRefuse(half, store, refuse);
  }
}
