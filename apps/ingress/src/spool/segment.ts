import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { flushFolder } from "./flush-folder.ts";
import { encodeRecord } from "./record.ts";
import type { SpooledDelivery } from "./spooled-delivery.ts";

/** A file that is being appended to. */
export type Segment = {
  path: string;
  /** Bytes that are on the device. */
  size(): number;
  /** Resolves once all of them are flushed to the device. When it rejects, the segment must be sealed: its end may be torn. */
  append(deliveries: readonly SpooledDelivery[]): Promise<void>;
  /** Waits for an append under way; after that nothing may be appended. A segment that stayed empty is removed. Never rejects. */
  seal(): Promise<void>;
};

/** @throws what the file system throws, with its `code` */
export async function createSegment(path: string): Promise<Segment> {
  const file = await open(path, "ax", 0o600);
  try {
    await flushFolder(dirname(path)); // a file whose name is lost is lost
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
  let size = 0;
  let isTorn = false;
  let pending: Promise<unknown> = Promise.resolve();

  const write = async (deliveries: readonly SpooledDelivery[]): Promise<void> => {
    const bytes = Buffer.concat(deliveries.flatMap(encodeRecord));
    await file.appendFile(bytes); // all of it, however many writes that takes
    await file.datasync(); // the file's length too: without it the data could not be read back
    size += bytes.length;
  };
  return {
    path,
    size: () => size,
    append: (deliveries) => {
      const writing = write(deliveries);
      pending = writing.catch(() => {
        isTorn = true;
      });
      return writing;
    },
    seal: async () => {
      await pending;
      if (isTorn) await file.truncate(size).catch(() => undefined); // the rest was answered as not stored
      await file.close().catch(() => undefined);
      if (size === 0) await rm(path, { force: true }).catch(() => undefined);
    },
  };
}
