import { auditChain, checkChain, type Finding, findingOf, type KnownHead } from "@receiver/chains";
import { sql } from "kysely";
import { fromDatabase } from "../database-errors.ts";
import type { LedgerDatabase, LedgerTransaction } from "../transaction.ts";
import { countRows, hashesAt, readAllHeads, readAuditHead, readAuditLog, readFileChains } from "./read-chains.ts";

export type Verified = { rows: number; chains: number; findings: number };
export type Verification = {
  found(finding: Finding): void;
  progress(rows: number, of: number): void;
};

/**
 * Recomputes every chain as it is at one moment, whatever is written meanwhile.
 *
 * @throws ReceiverError DATABASE_UNAVAILABLE
 */
export async function verifyChains(db: LedgerDatabase, { found, progress }: Verification): Promise<Verified> {
  return inSnapshot(db, async (trx) => {
    const total = await countRows(trx);
    const verified: Verified = { rows: 0, chains: 0, findings: 0 };
    const tell = (findings: readonly Finding[]) => {
      verified.findings += findings.length;
      for (const finding of findings) found(finding);
    };
    const passed = (rows: number) => {
      verified.rows += rows;
      progress(verified.rows, total);
    };
    for await (const chains of readFileChains(trx)) {
      for (const { chain, head, links } of chains) {
        const check = checkChain(chain, head);
        tell(links.flatMap(check.next));
        tell(check.end());
      }
      verified.chains += chains.length;
      passed(chains.reduce((sum, { links }) => sum + links.length, 0));
    }
    const check = checkChain(auditChain, await readAuditHead(trx));
    for await (const links of readAuditLog(trx)) {
      tell(links.flatMap(check.next));
      passed(links.length);
    }
    tell(check.end());
    verified.chains += 1;
    return verified;
  });
}

/** The last link of every chain at one moment, page by page. */
export async function exportHeads(db: LedgerDatabase, take: (heads: KnownHead[]) => Promise<void>): Promise<void> {
  await inSnapshot(db, async (trx) => {
    for await (const heads of readAllHeads(trx)) await take(heads);
  });
}

/** Which of the heads that were exported once are no longer on their chains: what was before them was written anew, or removed. */
export async function missingHeads(db: LedgerDatabase, known: readonly KnownHead[]): Promise<Finding[]> {
  return inSnapshot(db, async (trx) => {
    const places = known.map(({ chain, head }) => ({ chain, position: head.position }));
    const hashes = await hashesAt(trx, places);
    return known.flatMap(({ chain, head: { position, hash } }, place) => {
      const borne = hashes[place] ?? [];
      if (borne.includes(hash)) return [];
      const wrong = borne.length === 0 ? "removed" : "changed";
      return [
        findingOf(chain, { position, wrong, detail: "the chain up to here isn't the one whose head was exported" }),
      ];
    });
  });
}

/** UTC: the text of a time is part of what is hashed. */
async function inSnapshot<T>(db: LedgerDatabase, work: (trx: LedgerTransaction) => Promise<T>): Promise<T> {
  try {
    return await db
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (trx) => {
        await sql`set local timezone = 'UTC'`.execute(trx);
        return work(trx);
      });
  } catch (thrown) {
    throw fromDatabase(thrown);
  }
}
