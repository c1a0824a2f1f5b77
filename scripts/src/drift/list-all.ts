import type { DriftRecord, Ledger } from "@receiver/ledger";

const PAGE_SIZE = 500;

/** All pages: few names in all, since the ledger bounds them. */
export async function listAllDrift({ drift }: Pick<Ledger, "drift">, since: Date | undefined): Promise<DriftRecord[]> {
  const all: DriftRecord[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await drift.list({ since, limit: PAGE_SIZE, cursor });
    all.push(...items);
    if (nextCursor === null) return all;
    cursor = nextCursor;
  }
}
