import { classify } from "@receiver/contracts";
import { type ErrorCode, toReceiverError } from "@receiver/runtime";
import type { MasterKeys } from "@receiver/sealing";
import { sql } from "kysely";
import type { OpenedDelivery } from "./apply/apply-delivery.ts";
import { type DeliveryWithBody, openBody, readDelivery } from "./bodies/open-body.ts";
import { decodeCursor, type Page, type Position, pageOf } from "./queries/cursor.ts";
import { type DeliveryConditions, deliveryConditions } from "./queries/deliveries.ts";
import type { LedgerDatabase } from "./transaction.ts";

/** One delivery, or a page of those that match. */
export type ReplaySelection =
  | { id: string }
  | {
      filter: DeliveryConditions;
      /** Deliveries of a page at most. */
      limit: number;
      /** `nextCursor` of the page before. */
      cursor?: string | undefined;
    };

/** What came of a page, besides what was, or would be, applied. */
export type ReplayPage = {
  /** Deliveries that today's contract refuses still, or whose company isn't allowed. */
  stillQuarantined: string[];
  /** Deliveries whose body can't be opened, or whose application would fail, and why. */
  failing: { deliveryId: string; code: ErrorCode }[];
  /** Not null: more match than were looked at. */
  nextCursor: string | null;
};

/** A delivery that can be applied, as today's contract reads it. */
export type Readable = { type: string; companyId: string; delivery: OpenedDelivery };

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

/**
 * How bodies are read anew. `allowedCompanyIds` is the ingress' list, so that a replay lets in nobody whom the ingress kept out;
 * without one every company is let in.
 */
export type Reading = { masterKeys: MasterKeys | null; allowedCompanyIds?: ReadonlySet<string> | undefined };

/** Without a lock, since bodies don't change: the ingress counts repeats on these rows, and must not wait for an operator. */
export async function readAnew(
  db: LedgerDatabase,
  id: string,
  { masterKeys, allowedCompanyIds }: Reading,
): Promise<Readable | "refused" | "not-found" | { failing: ErrorCode }> {
  const found = await readDelivery(db, id);
  if (!found) return "not-found";
  const body = await openOrTell(masterKeys, found);
  if ("failing" in body) return body;
  const classification = classify(body.opened);
  if (classification.kind !== "message") return "refused";
  const { type, companyId } = classification.message;
  const { received_at, wasRead } = found;
  const delivery = { id, received_at, wasRead, body: body.opened };
  return (allowedCompanyIds?.has(companyId) ?? true) ? { type, companyId, delivery } : "refused";
}

/** One that was erased must not keep the others of its page from being replayed. */
async function openOrTell(
  masterKeys: MasterKeys | null,
  { stored }: DeliveryWithBody,
): Promise<{ opened: Buffer } | { failing: ErrorCode }> {
  try {
    return { opened: await openBody(masterKeys, stored) };
  } catch (thrown) {
    return { failing: toReceiverError(thrown).code };
  }
}

/** For the audit: what was chosen, and how many of it there were. */
export function describeSelection(selection: ReplaySelection, count: number): string {
  if ("id" in selection) return selection.id;
  const conditions = Object.entries(selection.filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value instanceof Date ? value.toISOString() : value}`);
  return [`${count} deliveries`, ...conditions].join(" ");
}
