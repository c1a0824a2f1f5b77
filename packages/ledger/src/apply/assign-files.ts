import { type Correlation, correlate, type Node } from "@receiver/client-file";
import type { LedgerTransaction } from "../transaction.ts";
import { eventsOf } from "./events.ts";
import {
  type FileRow,
  grantIds,
  type Holding,
  lockRows,
  mergeRow,
  openRow,
  releaseIds,
  type StoredRow,
} from "./file-rows.ts";
import type { Neighbourhood } from "./gather-evidence.ts";
import { nodesOf } from "./lock-keys.ts";
import { handOverFollowUps } from "./sync-follow-ups.ts";

/** `moves`: ids change hands. */
type Plan = { holding: Holding; keeper: StoredRow | undefined; absorbed: StoredRow[]; moves: boolean };

/**
 * Brings the rows in line with the links: opens files for ids that have none, merges two rows whose ids belong together
 * and parts those that no longer do. The older row keeps the file; the other becomes an alias, and gets its own file
 * back when they part.
 *
 * @returns the rows whose ids or contradictions changed, and the one that now holds `subject`.
 */
export async function assignFiles(
  trx: LedgerTransaction,
  companyId: string,
  subject: Node,
  { affected, evidence }: Neighbourhood,
  now: Date,
): Promise<FileRow[]> {
  const holdings = distinctHoldings(companyId, affected, correlate(evidence));
  const rows = await lockRows(trx, companyId, holdings.flatMap(nodesOf));
  const plan = holdings.map((holding) => planFor(rows, holding));

  // First everything lets go of its ids, so that no unique index sees an id twice on the way.
  await releaseIds(trx, plan.filter((entry) => entry.moves).flatMap(rowIdsOf));

  const touched: FileRow[] = [];
  for (const entry of plan) {
    const { holding, keeper, moves } = entry;
    if (!keeper && !(await hasEvents(trx, holding))) continue;
    const isSettled = !moves && keeper?.linksContradicted === holding.linksContradicted;
    if (!isSettled) touched.push(await carryOut(trx, entry, now));
    else if (keeper && isHeld(subject, holding)) touched.push(keeper);
  }
  return touched;
}

function distinctHoldings(companyId: string, nodes: readonly Node[], correlation: Correlation): Holding[] {
  const holdings = new Map<string, Holding>();
  for (const node of nodes) {
    const partner = correlation.partnerOf(node);
    const fileUuid = node.space === "uuid" ? node.id : partner;
    const fileNumber = node.space === "number" ? node.id : partner;
    const linksContradicted = correlation.contradicted(node);
    holdings.set(JSON.stringify([fileUuid, fileNumber]), { companyId, fileUuid, fileNumber, linksContradicted });
  }
  return [...holdings.values()];
}

/** Among the rows opened for the ids of this holding, the oldest keeps the file; the others are absorbed. */
function planFor(rows: StoredRow[], holding: Holding): Plan {
  const own = rows.filter((row) => row.homeId === (row.homeSpace === "uuid" ? holding.fileUuid : holding.fileNumber));
  const keeper = own.find((row) => holds(row, holding)) ?? own[0];
  const absorbed = own.filter((row) => row !== keeper && row.mergedInto !== keeper?.id);
  return { holding, keeper, absorbed, moves: !keeper || absorbed.length > 0 || !holds(keeper, holding) };
}

const rowIdsOf = ({ keeper, absorbed }: Plan): string[] =>
  [...(keeper ? [keeper] : []), ...absorbed].map(({ id }) => id);

const isHeld = (node: Node, holding: Holding): boolean =>
  node.id === (node.space === "uuid" ? holding.fileUuid : holding.fileNumber);

/** A merged row holds nothing. */
const holds = (row: FileRow, holding: Holding): boolean =>
  row.fileUuid === holding.fileUuid && row.fileNumber === holding.fileNumber;

async function carryOut(trx: LedgerTransaction, { holding, keeper, absorbed }: Plan, now: Date): Promise<FileRow> {
  const id = keeper?.id ?? (await openRow(trx, holding, now));
  if (keeper) await grantIds(trx, id, holding);
  for (const row of absorbed) {
    await mergeRow(trx, row.id, id);
    await handOverFollowUps(trx, { from: row.id, to: id });
  }
  return { id, ...holding };
}

/** A uuid that was only ever seen beside numbers it is not tied to has nothing to fold: it opens no file. */
async function hasEvents(trx: LedgerTransaction, holding: Holding): Promise<boolean> {
  const event = await trx.selectFrom("events").select("id").where(eventsOf(holding)).limit(1).executeTakeFirst();
  return event !== undefined;
}
