import type { Node } from "@receiver/client-file";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { LedgerDatabase, LedgerTransaction, LockKey } from "../transaction.ts";
import { nodeKey, nodesOf, takeLocks } from "./lock-keys.ts";

/** A client file's row as far as correlation moves it. */
export type FileRow = {
  id: string;
  companyId: string;
  fileUuid: string | null;
  fileNumber: string | null;
  linksContradicted: boolean;
};

export type StoredRow = FileRow & { homeSpace: Node["space"]; homeId: string; mergedInto: string | null };

/** What one file is to hold. */
export type Holding = Omit<FileRow, "id">;

const columns = [
  "id",
  "company_id as companyId",
  "file_uuid as fileUuid",
  "file_number as fileNumber",
  "links_contradicted as linksContradicted",
  "home_space as homeSpace",
  "home_id as homeId",
  "merged_into as mergedInto",
] as const;

/**
 * The rows that hold one of these ids, or were opened for one. Locked, and in the order of their ids. Each way to a row is a query of
 * its own, so that each has its index: of the four joined by OR, Postgres may make a scan of all files.
 */
export async function lockRows(trx: LedgerTransaction, companyId: string, nodes: Node[]): Promise<StoredRow[]> {
  const ids = (space: Node["space"]) => nodes.filter((node) => node.space === space).map((node) => node.id);
  const [uuids, numbers] = [ids("uuid"), ids("number")];
  const ways = [
    sql`file_uuid = any(${uuids}::text[])`,
    sql`file_number = any(${numbers}::text[])`,
    sql`home_space = 'uuid' and home_id = any(${uuids}::text[])`,
    sql`home_space = 'number' and home_id = any(${numbers}::text[])`,
  ].map((way) => sql`select id from client_files where company_id = ${companyId} and ${way}`);
  return trx
    .selectFrom("client_files")
    .select(columns)
    .where("id", "in", sql<string>`(${sql.join(ways, sql` union all `)})`)
    .orderBy("id")
    .forUpdate()
    .execute();
}

/** Locks the keys of the file's ids, and those foreseen, like a delivery would. Null when there is none, or it was merged into another. */
export async function lockFile(
  trx: LedgerTransaction,
  clientFileId: string,
  foreseen: readonly LockKey[],
): Promise<FileRow | null> {
  const row = () =>
    trx.selectFrom("client_files").select(columns).where("id", "=", clientFileId).where("merged_into", "is", null);
  const seen = await row().executeTakeFirst();
  if (!seen) return null;
  await takeLocks(trx, [...nodesOf(seen).map((node) => nodeKey(seen.companyId, node)), ...foreseen]);
  return (await row().forUpdate().executeTakeFirst()) ?? null;
}

/** The check constraint wants ids or a merge: until the ids are granted anew, a released row counts as merged into itself. */
export async function releaseIds(trx: LedgerTransaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable("client_files")
    .set((eb) => ({ file_uuid: null, file_number: null, merged_into: eb.ref("id") }))
    .where("id", "in", ids)
    .execute();
}

export async function grantIds(trx: LedgerTransaction, id: string, holding: Holding): Promise<void> {
  const { fileUuid, fileNumber, linksContradicted } = holding;
  await trx
    .updateTable("client_files")
    .set({
      file_uuid: fileUuid,
      file_number: fileNumber,
      links_contradicted: linksContradicted,
      merged_into: null,
    })
    .where("id", "=", id)
    .execute();
}

/** What the clock found on the one holds for the other, which has its events now. */
export async function mergeRow(trx: LedgerTransaction, id: string, keeperId: string): Promise<void> {
  const absorbed = await trx
    .updateTable("client_files")
    .set({ file_uuid: null, file_number: null, merged_into: keeperId })
    .where("id", "=", id)
    .returning("escalated_by_clock")
    .executeTakeFirstOrThrow();
  if (!absorbed.escalated_by_clock) return;
  await trx.updateTable("client_files").set({ escalated_by_clock: true }).where("id", "=", keeperId).execute();
}

export async function openRow(trx: LedgerTransaction, holding: Holding, now: Date): Promise<string> {
  const id = uuidv7();
  // Where one message brings both ids at once, its events follow the number when they part.
  const home = nodesOf(holding).at(-1) as Node;
  await trx
    .insertInto("client_files")
    .values({
      id,
      company_id: holding.companyId,
      home_space: home.space,
      home_id: home.id,
      file_uuid: holding.fileUuid,
      file_number: holding.fileNumber,
      links_contradicted: holding.linksContradicted,
      merged_into: null,
      external_id: null,
      state: "RECEIVED",
      flags: [],
      opened_at: now,
      last_event_at: now,
      view: "null",
      customer_view: "null",
    })
    .execute();
  return id;
}

/** Other ids under which subscribers may know the file. */
export async function aliasesOf(db: LedgerDatabase, clientFileId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("client_files")
    .select("id")
    .where("merged_into", "=", clientFileId)
    .orderBy("id")
    .execute();
  return rows.map((row) => row.id);
}
