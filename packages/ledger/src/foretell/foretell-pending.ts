import { sql } from "kysely";
import { withoutMapped } from "../drift/sight-drift.ts";
import { countDeliveries } from "../queries/deliveries.ts";
import { type Reading, selectPage } from "../replay-selection.ts";
import type { Rules } from "../rules.ts";
import type { LedgerDatabase } from "../transaction.ts";
import type { WakeUp } from "../wake-up.ts";
import { gatherStories } from "./gather-stories.ts";
import { type Told, tellStory } from "./tell-story.ts";

export type PendingFilter = {
  /** Received then or later. */
  since?: Date | undefined;
  /** Deliveries at most. */
  limit: number;
};

/**
 * What would come of the pending deliveries if they were applied now, in the order of their receipt. `changes` has of each delivery
 * the files that it would change, new ones among them: a file may be there more than once.
 */
export type Foretold = Omit<Told, "wakeUps"> & {
  /** Those that match, of which `limit` were looked at. */
  pending: number;
  notifications: { type: string; subscriber: string; count: number }[];
  /** Timers that would be started for retries. */
  followUps: number;
  /** Pending ones that today's contract refuses. */
  refused: string[];
  /** Those that the ingress has put aside already, by what they are and the first rule that they break. */
  quarantined: { messageType: string | null; path: string; rule: string; count: number; deliveryId: string }[];
};

/**
 * Applies the deliveries of each file together, in a transaction that is rolled back, so that an upload, its analysis and its
 * decision are seen as one story. Beside workers that apply them, it tells of what was still pending when it came to it.
 */
export async function foretellPending(
  db: LedgerDatabase,
  reading: Reading & { rules: Rules },
  { since, limit }: PendingFilter,
  now: Date,
): Promise<Foretold> {
  const filter = { status: "pending", from: since } as const;
  const { items } = await selectPage(db, { filter, limit });
  const { stories, refused, failing } = await gatherStories(db, reading, items);
  const told: Told[] = [];
  for (const story of stories) told.push(await tellStory(db, reading, story, now));
  const wakeUps = told.flatMap((story) => story.wakeUps);
  return {
    pending: await countDeliveries(db, filter),
    applied: told.flatMap(({ applied }) => applied),
    changes: told.flatMap(({ changes }) => changes),
    failing: [...failing, ...told.flatMap((story) => story.failing)],
    refused,
    notifications: await notificationsIn(db, wakeUps),
    followUps: wakeUps.filter(({ queue }) => queue === "RETRY_FOLLOW_UP").length,
    drift: await withoutMapped(
      db,
      told.flatMap(({ drift }) => drift),
    ),
    quarantined: await quarantinedSince(db, since),
  };
}

async function notificationsIn(db: LedgerDatabase, wakeUps: readonly WakeUp[]): Promise<Foretold["notifications"]> {
  const rows = await db.selectFrom("subscribers").select(["id", "name"]).execute();
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]));
  const told = wakeUps.filter(({ queue }) => queue === "NOTIFICATION");
  const groups = Map.groupBy(told, ({ data }) => `${data.type} ${data.subscriberId}`);
  return [...groups.values()].map((group) => {
    const { type = "", subscriberId = "" } = group[0]?.data ?? {};
    return { type, subscriber: nameOf.get(subscriberId) ?? subscriberId, count: group.length };
  });
}

async function quarantinedSince(db: LedgerDatabase, since: Date | undefined): Promise<Foretold["quarantined"]> {
  const { rows } = await sql<Foretold["quarantined"][number]>`
    select message_type as "messageType", coalesce(problems -> 0 ->> 'path', '') as path,
      coalesce(problems -> 0 ->> 'message', '') as rule, count(*)::integer as count,
      (array_agg(id order by received_at, id))[1] as "deliveryId"
    from deliveries
    where status = 'quarantined' and received_at >= ${since ?? new Date(0)}
    group by 1, 2, 3 order by count(*) desc, 1, 2`.execute(db);
  return rows;
}
