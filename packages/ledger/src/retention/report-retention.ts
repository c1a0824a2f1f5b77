import { sql } from "kysely";
import { filesOfWhich, notErased, saidOfIts } from "../erasure/relationship.ts";
import type { LedgerDatabase } from "../transaction.ts";
import { closedFiles } from "./evidence-tier.ts";
import { type Due, type OperationalKindName, operationalKinds } from "./operational-tier.ts";
import { cutoffsAt, type RetentionPolicy } from "./policy.ts";

/** What a run would erase at that moment, and what it would not, and why. Times are ISO 8601 in UTC. */
export type RetentionReport = {
  at: string;
  operational: { before: string } & Record<OperationalKindName, Due>;
  evidence: {
    /** Files whose relationship ended before it are due. */
    before: string;
    files: Due;
    /** Closed for as long, but held. */
    heldBack: number;
    /** Closed for as long, but one of their ids, or another file with their externalId, is not, or has had events since. */
    relationshipGoesOn: number;
    /** Files with content that nobody ever gave a closing date: they are kept for ever. */
    withoutClosingDate: number;
  };
  /** All legal holds, the oldest first, at most {@link HOLDS_SHOWN} of them. */
  holds: { total: number; files: HeldFile[] };
};
type HeldFile = { clientFileId: string; since: string; by: string; reason: string };

const HOLDS_SHOWN = 100;

/** Reads whole tables: for an operator who is about to erase, not for a page. Changes nothing. */
export async function reportRetention(
  db: LedgerDatabase,
  now: Date,
  policy: RetentionPolicy,
): Promise<RetentionReport> {
  const { operational, evidence } = cutoffsAt(now, policy);
  const { deliveryBodies, notifications, sightings } = operationalKinds;
  return {
    at: now.toISOString(),
    operational: {
      before: operational.toISOString(),
      deliveryBodies: await deliveryBodies.countDue(db, operational),
      notifications: await notifications.countDue(db, operational),
      sightings: await sightings.countDue(db, operational),
    },
    evidence: {
      before: evidence.toISOString(),
      ...(await countClosed(db, evidence)),
      withoutClosingDate: await countUnclosed(db),
    },
    holds: await listHolds(db),
  };
}

async function countClosed(db: LedgerDatabase, before: Date) {
  type Row = { due: string; oldest: Date | null; held: string; open: string };
  const isOver = sql`ended < ${before}`;
  const { rows } = await sql<Row>`
    select count(*) filter (where ${isOver} and not held) as due, min(ended) filter (where ${isOver} and not held) as oldest,
      count(*) filter (where held) as held, count(*) filter (where not held and (${isOver}) is not true) as open
    from (${closedFiles(before)}) closed`.execute(db);
  const { due, oldest, held, open } = rows[0] as Row;
  return {
    files: { due: Number(due), oldest: oldest?.toISOString() ?? null },
    heldBack: Number(held),
    relationshipGoesOn: Number(open),
  };
}

async function countUnclosed(db: LedgerDatabase): Promise<number> {
  const { rows } = await sql<{ files: string }>`
    select count(*) as files from client_files k where k.merged_into is null and ${notErased}
      and not exists (select from file_retention r where ${saidOfIts} and r.relationship_closed_at is not null)`.execute(
    db,
  );
  return Number(rows[0]?.files ?? 0);
}

async function listHolds(db: LedgerDatabase): Promise<RetentionReport["holds"]> {
  type Row = { id: string; since: Date; by: string; reason: string; total: string };
  const { rows } = await sql<Row>`
    select k.id, said.*, count(*) over () as total
    from (${filesOfWhich(sql`r.held_at is not null`)}) k cross join lateral (
      select r.held_at as since, r.held_by as by, r.hold_reason as reason from file_retention r
      where ${saidOfIts} and r.held_at is not null order by r.held_at limit 1
    ) said
    order by since, id limit ${HOLDS_SHOWN}`.execute(db);
  return {
    total: Number(rows[0]?.total ?? 0),
    files: rows.map(({ id, since, by, reason }) => ({ clientFileId: id, since: since.toISOString(), by, reason })),
  };
}
