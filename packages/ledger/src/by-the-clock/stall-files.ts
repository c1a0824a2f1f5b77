import { type Wait, waits } from "@receiver/client-file";
import type { State } from "@receiver/contracts";
import { type RawBuilder, sql } from "kysely";
import { lockFile } from "../apply/file-rows.ts";
import { refoldFile } from "../apply/refold-file.ts";
import type { Rules } from "../rules.ts";
import { inTransaction, type LedgerDatabase } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";

/** After how many milliseconds without word a file that waits for this is stalled. Null: never. */
export type StallLimits = Readonly<Record<Wait, number | null>>;

export type StuckFile = { clientFileId: string; waitsFor: Wait };
type Clock = { limits: StallLimits; now: Date };

/** While a delivery has waited so long to be applied, it is we who are silent. */
const BACKLOG_MS = 5 * 60_000;
/** One that has waited so long is no backlog any more but a defect, of which `backlog-old` tells. */
const BACKLOG_ENDS_MS = 48 * 60 * 60_000;

/** Those that nobody was told of yet. None while we are behind: what is in the backlog may be the word that they wait for. */
export async function stuckFiles(
  db: LedgerDatabase,
  { limit, ...clock }: Clock & { limit: number },
): Promise<StuckFile[]> {
  const backlog = await db
    .selectFrom("deliveries")
    .select("id")
    .where("status", "=", "pending")
    .where("last_seen_at", "<", new Date(clock.now.getTime() - BACKLOG_MS))
    .where("last_seen_at", ">=", new Date(clock.now.getTime() - BACKLOG_ENDS_MS))
    .limit(1)
    .executeTakeFirst();
  if (backlog) return [];
  const { rows } = await sql<StuckFile>`select * from ${stuckAt(clock)} limit ${limit}`.execute(db);
  return rows;
}

/**
 * Flags a file as stalled and tells so, unless something was heard of it meanwhile, or another process was quicker: then null.
 */
export async function stallFile(
  db: LedgerDatabase,
  rules: Rules,
  clientFileId: string,
  clock: Clock,
): Promise<(StuckFile & { wakeUps: WakeUp[] }) | null> {
  return inTransaction(db, async (trx, foreseen) => {
    const file = await lockFile(trx, clientFileId, foreseen);
    if (!file) return null;
    const { rows } = await sql<StuckFile>`
      select * from ${stuckAt(clock)} where "clientFileId" = ${clientFileId}`.execute(trx);
    const [stuck] = rows;
    if (!stuck) return null;
    const { wakeUps } = await refoldFile(trx, file, { now: clock.now, rules, cause: null, stalls: true });
    return { ...stuck, wakeUps };
  });
}

/** How many files are flagged. */
export async function countStalled(db: LedgerDatabase): Promise<{ state: State; files: number }[]> {
  const { rows } = await sql<{ state: State; files: string }>`
    select state, count(*) as files from client_files where merged_into is null and flags @> '{stalled}'
    group by state`.execute(db);
  return rows.map(({ state, files }) => ({ state, files: Number(files) }));
}

/** The same words as in the index, which Postgres uses for nothing else. */
const waiting = sql`merged_into is null and not given_up and not flags @> '{stalled}'
  and (state not in ('APPROVED', 'REJECTED') or released_state <> state)`;

function stuckAt({ limits, now }: Clock): RawBuilder<unknown> {
  const limited = waits.flatMap((wait) => {
    const ms = limits[wait];
    return ms === null ? [] : [stuckAs(wait, new Date(now.getTime() - ms))];
  });
  const none = sql`select null::uuid as "clientFileId", '' as "waitsFor" where false`;
  return sql`(${sql.join([none, ...limited], sql` union all `)}) stuck`;
}

/** @param since when we last heard of it, at the latest. Of a row of an older version: what its events say. */
function stuckAs(wait: Wait, since: Date): RawBuilder<unknown> {
  const states = wait === "UNCONFIRMED" ? ["APPROVED", "REJECTED"] : [wait];
  return sql`
    select id, ${wait}::text from client_files
    where ${waiting} and state = any(${states}::text[]) and coalesce(heard_at, last_event_at) <= ${since}`;
}
