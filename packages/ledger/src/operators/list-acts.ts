import { sql } from "kysely";
import { eventsBearing } from "../apply/events.ts";
import type { ClientFileSummary } from "../queries/client-files.ts";
import type { LedgerDatabase } from "../transaction.ts";
import type { Act } from "./act.ts";

/** An act in the story of a file: who, when, what, why, and whether it still holds. */
export type ToldAct = {
  eventId: string;
  kind: Act["kind"];
  /** When it counts: after all that was seen. */
  occurredAt: string;
  recordedAt: string;
  by: string | null;
  reason: string | null;
  decision: string | null;
  fileUuid: string | null;
  fileNumber: string | null;
  withdraws: string | null;
  /** The event that took it back. */
  withdrawnBy: string | null;
};

const kinds: Record<string, Act["kind"]> = {
  OPERATOR: "decide",
  LINK: "link",
  UNLINK: "unlink",
  ABANDON: "abandon",
  WITHDRAWAL: "withdraw",
};

/** In their order, those that parted one of the file's ids from another file's among them. */
export async function actsOf(
  db: LedgerDatabase,
  { companyId, fileUuid, fileNumber }: Pick<ClientFileSummary, "companyId" | "fileUuid" | "fileNumber">,
): Promise<ToldAct[]> {
  const rows = await db
    .selectFrom("events")
    .leftJoin("audit_log as a", (join) => join.on(sql<boolean>`a.detail->>'eventId' = events.id`))
    .select(["events.id", "source", "occurred_at", "recorded_at", "file_uuid", "file_number", "facts"])
    .select(["a.actor", "a.reason"])
    .where("source", "in", Object.keys(kinds))
    .where(eventsBearing({ companyId, uuids: [fileUuid ?? []].flat(), numbers: [fileNumber ?? []].flat() }))
    .orderBy("occurred_at")
    .orderBy("events.id")
    .execute();
  const factsOf = (row: (typeof rows)[number]) => row.facts as { decision?: string; withdraws?: string };
  const withdrawnBy = new Map(
    rows.flatMap((row) => (factsOf(row).withdraws ? [[factsOf(row).withdraws, row.id]] : [])),
  );
  return rows.map((row) => ({
    eventId: row.id,
    kind: kinds[row.source] as Act["kind"],
    occurredAt: row.occurred_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    by: row.actor,
    reason: row.reason,
    decision: factsOf(row).decision ?? null,
    fileUuid: row.file_uuid,
    fileNumber: row.file_number,
    withdraws: factsOf(row).withdraws ?? null,
    withdrawnBy: withdrawnBy.get(row.id) ?? null,
  }));
}
