import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { chainNamed, type KnownHead, nameOfChain } from "@receiver/chains";
import { z } from "zod";

// JSON lines: when it was exported, a head each, and at the end how many there are and the digest of all lines before. So it is
// written and read without being held in memory, and a file that was cut off is told from a whole one.

const digestOf = () => createHash("sha256");
const hexadecimal = z.string().regex(/^[0-9a-f]{64}$/);
const header = z.object({ exportedAt: z.iso.datetime() });
const headLine = z.object({
  chain: z.string().regex(/^(audit_log|transitions\/[0-9a-f-]{36})$/),
  position: z.number().int().positive(),
  hash: hexadecimal,
});
const trailer = z.object({ chains: z.number().int(), digest: hexadecimal });

/** A file that is no export, or no longer the one that was exported. */
export class UnusableHeads extends Error {
  override readonly name = "UnusableHeads";
}

export type HeadsSummary = { chains: number; digest: string };

/** Gives the text of the file piece by piece to `write`. */
export function headsWriter(write: (text: string) => Promise<void>, exportedAt: Date) {
  const digest = digestOf();
  let chains = 0;
  const writeLines = async (lines: readonly unknown[]): Promise<void> => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    digest.update(text);
    await write(text);
  };
  return {
    begin: () => writeLines([{ exportedAt: exportedAt.toISOString() }]),
    add: async (heads: readonly KnownHead[]): Promise<void> => {
      chains += heads.length;
      await writeLines(
        heads.map(({ chain, head: { position, hash } }) => ({ chain: nameOfChain(chain), position, hash })),
      );
    },
    end: async (): Promise<HeadsSummary> => {
      const summary = { chains, digest: digest.digest("hex") };
      await write(`${JSON.stringify(summary)}\n`);
      return summary;
    },
  };
}

/**
 * Gives the heads page by page to `take`.
 * @throws UnusableHeads when it can't be read, isn't an export, or isn't as it was exported
 */
export async function readHeadsFile(
  path: string,
  take: (heads: KnownHead[]) => Promise<void>,
  perPage = 1_000,
): Promise<HeadsSummary & { exportedAt: string }> {
  const file = await open(path).catch(() => unreadable(`${path} can't be read`));
  const reader = headsReader(path);
  let page: KnownHead[] = [];
  for await (const line of file.readLines()) {
    const head = reader.next(line);
    if (head) page.push(head);
    if (page.length < perPage) continue;
    await take(page);
    page = [];
  }
  await take(page);
  return reader.end();
}

function headsReader(path: string) {
  const digest = digestOf();
  let chains = 0;
  let exportedAt: string | undefined;
  let end: HeadsSummary | null = null;
  return {
    /** Null: the line bears no head, but tells of the others. */
    next(line: string): KnownHead | null {
      if (end) unreadable(`${path} goes on behind its end`);
      end = parsed(trailer, line);
      if (end) return null;
      digest.update(`${line}\n`);
      if (exportedAt === undefined) {
        exportedAt = parsed(header, line)?.exportedAt ?? unreadable(`${path} is no export of heads`);
        return null;
      }
      chains += 1;
      return headIn(line) ?? unreadable(`${path} has a line that is no head, its ${chains}. behind the first`);
    },
    end(): HeadsSummary & { exportedAt: string } {
      if (!end || exportedAt === undefined) return unreadable(`${path} is cut off`);
      const isWhole = end.chains === chains && end.digest === digest.digest("hex");
      return isWhole ? { ...end, exportedAt } : unreadable(`${path} isn't as it was exported`);
    },
  };
}

function headIn(line: string): KnownHead | null {
  const read = parsed(headLine, line);
  return read && { chain: chainNamed(read.chain), head: { position: read.position, hash: read.hash } };
}

function parsed<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function unreadable(why: string): never {
  throw new UnusableHeads(why);
}
