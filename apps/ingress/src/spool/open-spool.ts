import { join } from "node:path";
import { ReceiverError } from "@receiver/runtime";
import { isOutage } from "../is-outage.ts";
import { type DrainSteps, drainSegment } from "./drain-segment.ts";
import { type OwnedFolder, ownFolder } from "./owned-folder.ts";
import { recordBytes } from "./record.ts";
import { createSegment } from "./segment.ts";
import { createSegmentList, nextSegmentName, type SealedSegment, segmentsBelow } from "./segment-list.ts";
import { createSegmentWriter, type SegmentWriter } from "./segment-writer.ts";
import type { SpooledDelivery } from "./spooled-delivery.ts";
import { createTakeBack, type TakeBack } from "./take-back-damaged.ts";
import { removeIfEmpty, removeSegment, setAside } from "./tidy.ts";

export type SpoolOptions = {
  /** Shared by the ingress processes of one machine, and with no other machine. */
  spoolDir: string;
  /** What this process keeps on disk at most, with what it took over. */
  maxBytes: number;
};

export type SpoolDrain = {
  store: DrainSteps["store"];
  /** Told of a delivery that the ledger refuses, once it is kept for a later try. */
  refused(err: unknown): void;
  /** Told of so many bytes that are no record, once they are set aside. */
  damaged(bytes: number): void;
};

/**
 * Where deliveries wait on disk while Postgres can't take them.
 *
 * A segment is open (appended to) → sealed → drained (removed). What a process leaves behind is taken over by the next one, or
 * by another that shares the folder.
 */
export type Spool = {
  /** Resolves once it is flushed to the device. @throws ReceiverError SPOOL_FULL, SPOOL_UNAVAILABLE */
  append(delivery: SpooledDelivery): Promise<void>;
  /** Everything that is here, oldest first. @throws what `store` throws; the rest is here still. One at a time. */
  drain(into: SpoolDrain): Promise<void>;
  /** What was refused counts as any other from now on. */
  retryRefused(): Promise<void>;
  /**
   * Takes over what processes that are gone have left, and what another version set aside that this one can read. `count`: how many
   * folders and files; `failed`: why others could not be asked or moved.
   */
  adopt(): Promise<{ count: number; failed: unknown[] }>;
  /** Nothing that could be drained. */
  isEmpty(): boolean;
  /** What it takes on disk, or is about to. */
  bytes(): number;
  close(): Promise<void>;
};

/** @throws what the file system throws when the folder can't be written to */
export async function openSpool({ spoolDir, maxBytes }: SpoolOptions): Promise<Spool> {
  const folder = await ownFolder(spoolDir);
  const sealed = createSegmentList();
  let used = 0;
  const create = (refused: boolean) => createSegment(join(folder.path, nextSegmentName({ refused })));
  const writer = createSegmentWriter({ create: () => create(false), sealed: sealed.push });
  const refused: SealedSegment[] = [];
  const refusals = createSegmentWriter({ create: () => create(true), sealed: (segment) => void refused.push(segment) });

  const appendTo = async ({ append }: SegmentWriter, delivery: SpooledDelivery): Promise<void> => {
    const bytes = recordBytes(delivery);
    used += bytes;
    try {
      await append(delivery);
    } catch (thrown) {
      used -= bytes;
      throw thrown;
    }
  };
  const adopt = createAdoption(folder, createTakeBack(spoolDir, folder.path), (segments) => {
    for (const { bytes } of segments) used += bytes;
    sealed.insert(segments);
  });
  const remove = async (segment: SealedSegment): Promise<void> => {
    // It counts as gone even where the disk keeps it: those behind it must not wait, and after a restart it is known.
    sealed.remove(segment);
    used -= segment.bytes;
    await removeSegment(segment.path, folder.path);
  };

  return {
    append: async (delivery) => {
      if (used + recordBytes(delivery) > maxBytes) throw new ReceiverError("SPOOL_FULL");
      await appendTo(writer, delivery);
    },
    drain: async (into) => {
      const { store, isOurs } = noteOutages(into.store);
      const steps: DrainSteps = {
        store,
        refuse: async (delivery, err) => {
          await appendTo(refusals, delivery);
          into.refused(err);
        },
        setAside: async (bytes) => {
          await setAside(spoolDir, bytes);
          into.damaged(bytes.byteLength);
        },
      };
      await writer.seal();
      for (let oldest = sealed.first(); oldest !== undefined; oldest = sealed.first()) {
        const segment = oldest;
        await drainSegment(segment, steps).catch((thrown: unknown) => {
          // What the disk refuses of one must not stand before the others: they are drained at the next look.
          if (!isOurs(thrown)) sealed.putBack(segment);
          throw thrown;
        });
        await remove(segment);
        if (sealed.first() === undefined) await writer.seal(); // what came meanwhile
      }
    },
    retryRefused: async () => {
      await refusals.seal();
      sealed.insert(refused.splice(0));
    },
    adopt,
    isEmpty: () => sealed.first() === undefined && writer.isEmpty(),
    bytes: () => used,
    close: async () => {
      await Promise.all([writer.seal(), refusals.seal()]);
      await folder.leave();
    },
  };
}

function createAdoption(
  folder: OwnedFolder,
  takeBack: TakeBack,
  take: (segments: readonly SealedSegment[]) => void,
): Spool["adopt"] {
  const adopted = new Set<string>();
  return async () => {
    const { paths, failed } = await folder.adopt();
    const fresh = paths.filter((path) => !adopted.has(path));
    for (const path of fresh) {
      const segments = await segmentsBelow(path);
      if (segments.length === 0) await removeIfEmpty(path, folder.path);
      adopted.add(path);
      take(segments);
    }
    const back = await takeBack();
    take(back.segments);
    return { count: fresh.length + back.segments.length, failed: [...failed, ...back.failed] };
  };
}

/** `isOurs`: whether an error is the outage that `store` met; the disk's own errors look alike. */
function noteOutages(store: DrainSteps["store"]) {
  let outage: unknown = null;
  return {
    store: async (deliveries: readonly SpooledDelivery[]) => {
      try {
        await store(deliveries);
      } catch (thrown) {
        if (isOutage(thrown)) outage = thrown;
        throw thrown;
      }
    },
    isOurs: (thrown: unknown) => thrown === outage,
  };
}
