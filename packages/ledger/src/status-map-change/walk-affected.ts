import { defaultStatusMap, type StatusMap, stateOfStatus } from "@receiver/client-file";
import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";

/** So many files are looked at by one statement: well below a second's work. */
const WINDOW = 500;

/** Where a walk over all files is to go on, and when it is to pause. */
export type Stretch = { after: string | null; until: number };
/** `looked`: at so many of all `files`. `nextCursor`: the id to go on behind; null when all were looked at. */
export type Walked = { looked: number; files: number; nextCursor: string | null };

/**
 * Does `each` to the files that bear a status which not all of `maps` read alike, in the order of their ids. Of the others it is known
 * that no version of the map makes a difference.
 *
 * @param until by performance.now()
 */
export async function walkAffected(
  db: LedgerDatabase,
  maps: readonly StatusMap[],
  { after, until }: Stretch,
  each: (id: string) => Promise<void>,
): Promise<Walked> {
  let looked = 0;
  const walked = async (nextCursor: string | null) => ({ looked, files: await countFiles(db), nextCursor });
  for (let last = after; ; ) {
    const files = await readWindow(db, last);
    for (const { id, statuses } of files) {
      if (performance.now() > until && last !== after) return walked(last);
      if (statuses.some((status) => isReadAnew(status, maps))) await each(id);
      last = id;
      looked += 1;
    }
    if (files.length < WINDOW) return walked(null);
  }
}

/** Every map that was ever in force: a file was folded under any of them. */
export async function everyMap(db: LedgerDatabase): Promise<StatusMap[]> {
  const rows = await db.selectFrom("status_maps").select("entries").execute();
  return [defaultStatusMap, ...rows.map(({ entries }) => entries as StatusMap)];
}

function isReadAnew(status: string, maps: readonly StatusMap[]): boolean {
  return new Set(maps.map((map) => stateOfStatus(map, status))).size > 1;
}

async function readWindow(db: LedgerDatabase, after: string | null): Promise<{ id: string; statuses: string[] }[]> {
  const from = sql`from events e where e.company_id = f.company_id`;
  const { rows } = await sql<{ id: string; statuses: string[] }>`
    select f.id, array(
      select e.facts->>'status' ${from} and e.file_number = f.file_number and e.facts->>'status' is not null
      union
      select e.facts->>'status' ${from} and e.file_uuid = f.file_uuid and e.file_number is null and e.facts->>'status' is not null
    ) as statuses
    from client_files f where f.merged_into is null and (${after}::uuid is null or f.id > ${after}::uuid)
    order by f.id limit ${WINDOW}`.execute(db);
  return rows;
}

async function countFiles(db: LedgerDatabase): Promise<number> {
  const files = db.selectFrom("client_files").where("merged_into", "is", null);
  const { count } = await files.select(({ fn }) => fn.countAll<string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}
