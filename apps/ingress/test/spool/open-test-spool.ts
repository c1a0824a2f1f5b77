import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openSpool, type Spool, type SpoolDrain } from "../../src/spool/open-spool.ts";
import type { SpooledDelivery } from "../../src/spool/spooled-delivery.ts";

export async function spoolFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "receiver-spool-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** All below it with this ending. */
export const filesIn = async (folder: string, ending: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** Closed with the test, unless it was closed before. */
export async function openTestSpool(spoolDir: string, maxBytes = 1_000_000): Promise<Spool> {
  const spool = await openSpool({ spoolDir, maxBytes });
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= spool.close();
    return closing;
  };
  onTestFinished(close);
  return { ...spool, close };
}

/** A process that spooled this and is gone. */
export async function leaveBehind(spoolDir: string, text: string): Promise<void> {
  const spool = await openTestSpool(spoolDir);
  await spool.append(delivery(text));
  await spool.close();
}

export const delivery = (text: string): SpooledDelivery => ({
  receivedAt: new Date(),
  body: Buffer.from(text),
  facts: null,
});

export const textOf = ({ body }: SpooledDelivery) => Buffer.from(body).toString();

/** A ledger that keeps what it is given; `fails` throws before it does. */
export function collector(fails: (batch: readonly SpooledDelivery[]) => void = () => {}) {
  const batches: string[][] = [];
  const told = { refused: 0, damaged: [] as number[] };
  const into: SpoolDrain = {
    store: async (batch) => {
      fails(batch);
      batches.push(batch.map(textOf));
    },
    refused: () => {
      told.refused += 1;
    },
    damaged: (bytes) => void told.damaged.push(bytes),
  };
  return { into, told, batches, stored: () => batches.flat() };
}
