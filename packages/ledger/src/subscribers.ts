import { createHash, randomBytes } from "node:crypto";
import type { Audience } from "@receiver/contracts";
import { v7 as uuidv7 } from "uuid";
import { type Operator, writeAudit } from "./audit.ts";
import { failUnwanted } from "./narrowed-subscriber.ts";
import type { SubscribersTable } from "./tables/outbox.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

export type Subscriber = {
  id: string;
  name: string;
  kind: "http";
  url: string;
  /** Notification types, or `*` for all. */
  types: string[];
  /** Null: every company. */
  companies: string[] | null;
  audience: Audience;
  createdAt: string;
};
export type SubscriberSettings = Pick<Subscriber, "name" | "kind" | "url" | "types" | "companies" | "audience">;

/** 256 bits; Standard Webhooks asks for 192 to 512. */
const SECRET_BYTES = 32;
const URL_DIGEST_DIGITS = 8;

/** @returns the subscriber with its secret (`whsec_` and base64), which nobody is shown again. */
export async function createSubscriber(
  db: LedgerDatabase,
  settings: SubscriberSettings,
  { actor, reason = null, now }: Operator & { now: Date },
): Promise<Subscriber & { secret: string }> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  return inTransaction(db, async (trx) => {
    const row = await trx
      .insertInto("subscribers")
      .values({ id: uuidv7(), ...settings, secret, created_at: now, removed_at: null })
      .returningAll()
      .executeTakeFirstOrThrow();
    const detail = { ...settings, url: withoutSecrets(settings.url) };
    await writeAudit(trx, { actor, action: "subscriber.create", target: row.id, reason, detail });
    return { ...subscriberOf(row), secret };
  });
}

export async function listSubscribers(db: LedgerDatabase): Promise<Subscriber[]> {
  const rows = await db.selectFrom("subscribers").selectAll().where("removed_at", "is", null).orderBy("id").execute();
  return rows.map(subscriberOf);
}

/** What it was still to be told of companies or types that it is told of no more, or for an audience that is told more, is not sent. */
export async function updateSubscriber(
  db: LedgerDatabase,
  id: string,
  changes: Partial<SubscriberSettings>,
  { actor, reason = null, now }: Operator & { now: Date },
): Promise<Subscriber | null> {
  return inTransaction(db, async (trx) => {
    const before = await trx.selectFrom("subscribers").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
    const row = await trx
      .updateTable("subscribers")
      .set((eb) => ({ name: eb.ref("name"), ...changes }))
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (!before || !row) return null;
    await failUnwanted(trx, before, now);
    const detail = differences(before, row);
    await writeAudit(trx, { actor, action: "subscriber.update", target: id, reason, detail });
    return subscriberOf(row);
  });
}

/** What it was told stays on record; what it was still to be told is not sent and counts as failed. */
export async function removeSubscriber(
  db: LedgerDatabase,
  id: string,
  { actor, reason = null, now }: Operator & { now: Date },
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable("subscribers")
      .set({ removed_at: now })
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (!row) return false;
    await failUnwanted(trx, row, now);
    const detail = { name: row.name, url: withoutSecrets(row.url) };
    await writeAudit(trx, { actor, action: "subscriber.remove", target: id, reason, detail });
    return true;
  });
}

const settingNames = ["name", "kind", "url", "types", "companies", "audience"] as const;

/** What an update changed, for the audit: each setting with what it was and what it is. */
function differences(
  before: SubscribersTable,
  after: SubscribersTable,
): Record<string, { from: unknown; to: unknown }> {
  const shown = (row: SubscribersTable, name: (typeof settingNames)[number]) =>
    name === "url" ? withoutSecrets(row.url) : row[name];
  const changed = settingNames.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: shown(before, name), to: shown(after, name) }]));
}

/**
 * Receivers that check no signature take a token in the path or the query instead: it is a secret, and the audit outlives it. A digest
 * tells two URLs apart; it is short, so that a token that could be guessed can't be made sure of by it.
 */
function withoutSecrets(url: string): string {
  const digest = createHash("sha256").update(url).digest("hex").slice(0, URL_DIGEST_DIGITS);
  return `${new URL(url).origin}/… (${digest})`;
}

function subscriberOf(row: SubscribersTable): Subscriber {
  const { id, name, kind, url, types, companies, audience, created_at } = row;
  return { id, name, kind, url, types, companies, audience, createdAt: created_at.toISOString() };
}
