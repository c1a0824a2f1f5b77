import { createGroupCommit, ReceiverError } from "@receiver/runtime";
import { recordBytes } from "./record.ts";
import type { Segment } from "./segment.ts";
import type { SealedSegment } from "./segment-list.ts";
import type { SpooledDelivery } from "./spooled-delivery.ts";

/** Sealed at this size: small enough to be read into memory as a whole, large enough that files are few. */
const SEGMENT_BYTES = 8 * 1_024 * 1_024;
/** One flush to the device is shared by so many. */
const BATCH_MAX_DELIVERIES = 500;
const BATCH_MAX_BYTES = 4 * 1_024 * 1_024;
/** A disk that hangs must not fill the memory. */
const WAITING_MAX_BYTES = 64 * 1_024 * 1_024;
/** Whoever waits longer has been answered that nothing was stored. */
const PATIENCE_MS = 2_500;

export type SegmentWriter = {
  /** Resolves once it is flushed to the device. @throws ReceiverError SPOOL_UNAVAILABLE */
  append(delivery: SpooledDelivery): Promise<void>;
  /** Seals what was appended until now; what comes next begins a new segment. */
  seal(): Promise<void>;
  /** Nothing waits for being sealed. */
  isEmpty(): boolean;
};

export type SegmentWriterOptions = {
  create(): Promise<Segment>;
  /** Told of each segment that holds something. */
  sealed(segment: SealedSegment): void;
};

/** Appends to one segment after the other; those who come at the same time share a flush. */
export function createSegmentWriter({ create, sealed }: SegmentWriterOptions): SegmentWriter {
  let current: Segment | null = null;

  const seal = async (segment: Segment): Promise<void> => {
    if (current !== segment) return; // somebody else does
    current = null;
    await segment.seal();
    if (segment.size() > 0) sealed({ path: segment.path, bytes: segment.size(), drainedTo: 0 });
  };
  const append = async (batch: readonly SpooledDelivery[]): Promise<void> => {
    current ??= await create();
    const segment = current;
    try {
      await segment.append(batch);
      if (segment.size() >= SEGMENT_BYTES) await seal(segment);
    } catch (thrown) {
      await seal(segment); // its end may be torn, and a device that failed to flush once is not to be trusted with the same file
      throw thrown;
    }
  };
  const commits = createGroupCommit<SpooledDelivery, undefined>({
    commit: async (batch) => {
      try {
        await append(batch);
      } catch (cause) {
        throw new ReceiverError("SPOOL_UNAVAILABLE", { cause });
      }
      return batch.map(() => undefined);
    },
    isWorthSplitting: () => false,
    sizeOf: recordBytes,
    maxItems: BATCH_MAX_DELIVERIES,
    maxSize: BATCH_MAX_BYTES,
    batchesInFlight: 1, // into one file
    maxWaitingSize: WAITING_MAX_BYTES,
    patienceMs: PATIENCE_MS,
    refuse: () => new ReceiverError("SPOOL_UNAVAILABLE"),
  });
  return {
    append: (delivery) => commits.add(delivery),
    seal: async () => {
      if (current !== null) await seal(current);
    },
    isEmpty: () => current === null || current.size() === 0,
  };
}
