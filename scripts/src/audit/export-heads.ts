import { open } from "node:fs/promises";
import type { Ledger } from "@receiver/ledger";
import { describeHeads } from "./describe.ts";
import { headsWriter, UnusableHeads } from "./heads-file.ts";

type Target = { write(text: string): Promise<void>; close(): Promise<void> };

/** Never over an earlier export: that one proves more. */
export async function exportHeads(
  audit: Ledger["audit"],
  to: string | null,
  sayAside: (line: string) => void,
): Promise<void> {
  const target = to === null ? standardOutput : await newFile(to);
  const writer = headsWriter(target.write, new Date());
  try {
    await writer.begin();
    await audit.exportHeads(writer.add);
    sayAside(describeHeads(await writer.end()));
  } finally {
    await target.close();
  }
}

async function newFile(path: string): Promise<Target> {
  const file = await open(path, "wx").catch((thrown: NodeJS.ErrnoException) => {
    throw new UnusableHeads(thrown.code === "EEXIST" ? `${path} is there already` : `${path} can't be written`);
  });
  return { write: async (text) => void (await file.write(text)), close: () => file.close() };
}

const standardOutput: Target = {
  write: (text) =>
    new Promise((resolve, reject) => process.stdout.write(text, (failed) => (failed ? reject(failed) : resolve()))),
  close: async () => undefined,
};
