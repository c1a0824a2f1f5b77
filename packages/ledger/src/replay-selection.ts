import { classify } from "@receiver/contracts";
import { sql } from "kysely";
import { readDelivery, type StoredDelivery } from "./apply/apply-delivery.ts";
import { decodeCursor, type Page, type Position, pageOf } from "./queries/cursor.ts";
import { type DeliveryConditions, deliveryConditions } from "./queries/deliveries.ts";
import type { LedgerDatabase } from "./transaction.ts";

/**
 * One delivery, or a page of those that match. `allowedCompanyIds` is the ingress' list, so that a replay lets in nobody whom
 * the ingress kept out; without one every company is let in.
 */
export type ReplaySelection = (
  | { id: string }
  | {
      filter: DeliveryConditions;
      /** Deliveries of a page at most. */
      limit: number;
      /** `nextCursor` of the page before. */
      cursor?: string | undefined;
    }
) & { allowedCompanyIds?: ReadonlySet<string> | undefined };

/** What came of a page, besides what was, or would be, applied. */
export type ReplayPage = {
  /** Deliveries that today's contract refuses still, or whose company isn't allowed. */
  stillQuarantined: string[];
  /** Not null: more match than were looked at. */
  nextCursor: string | null;
};

/** A delivery that can be applied, as today's contract reads it. */
export type Readable = { type: string; companyId: string; delivery: StoredDelivery };

/** Oldest first, so that a dry run tells the story in its order. */
export async function selectPage(db: LedgerDatabase, selection: ReplaySelection): Promise<Page<Position>> {
  if ("id" in selection) return { items: [{ at: new Date(0), id: selection.id }], nextCursor: null };
  const { filter, limit, cursor } = selection;
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await db
    .selectFrom("deliveries")
    .select(["id", "received_at"])
    .where((eb) => eb.and(deliveryConditions(eb, filter)))
    .$if(after !== null, (query) => query.where(sql<boolean>`(received_at, id) > (${after?.at}, ${after?.id})`))
    .orderBy("received_at")
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  const position = (row: (typeof rows)[number]) => ({ at: row.received_at, id: row.id });
  return pageOf(rows, limit, position, position);
}

/** Without a lock, since bodies don't change: the ingress counts repeats on these rows, and must not wait for an operator. */
export async function readAnew(
  db: LedgerDatabase,
  id: string,
  allowedCompanyIds: ReadonlySet<string> | undefined,
): Promise<Readable | "refused" | "not-found"> {
  const delivery = await readDelivery(db, id);
  if (!delivery) return "not-found";
  const classification = classify(delivery.body);
  if (classification.kind !== "message") return "refused";
  const { type, companyId } = classification.message;
  return (allowedCompanyIds?.has(companyId) ?? true) ? { type, companyId, delivery } : "refused";
}

/** For the audit: what was chosen, and how many of it there were. */
export function describeSelection(selection: ReplaySelection, count: number): string {
  if ("id" in selection) return selection.id;
  const conditions = Object.entries(selection.filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value instanceof Date ? value.toISOString() : value}`);
  return [`${count} deliveries`, ...conditions].join(" ");
}
