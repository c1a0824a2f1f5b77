import { randomUUID } from "node:crypto";
import type { Node } from "@receiver/client-file";
import { classify, type NotificationBody, notificationBody, type Problem } from "@receiver/contracts";
import type { ClientFileEvent } from "@receiver/events";
import { type Body, bytesOf, forgetRows, lendDatabase } from "@receiver/testing";
import { Pool } from "pg";
import { vi } from "vitest";
import { applyEvent } from "../src/apply/apply-event.ts";
import { nodeKey, takeLocks } from "../src/apply/lock-keys.ts";
import { openDatabase } from "../src/database.ts";
import { deliveryIdOf, type IncomingDelivery, openInbox } from "../src/inbox/index.ts";
import { type Ledger, openLedger } from "../src/index.ts";
import type { LedgerOptions } from "../src/open-ledger.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import type { SubscriberSettings } from "../src/subscribers.ts";
import type { LedgerTables } from "../src/tables.ts";
import { inTransaction } from "../src/transaction.ts";

export const NOW = new Date("2026-11-22T12:00:00Z");

/** As long as a loaded machine needs. */
const UNTIL_WAITING = { timeout: 15_000 };

/** A ledger on a database of its own, with the way in that the ingress uses and a look at its tables. */
export async function openTestLedger({ rules = rulesWithoutApi }: Pick<LedgerOptions, "rules"> = {}) {
  const database = await lendDatabase();
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test", rules });
  const pool = new Pool({ connectionString: database.url, max: 5 });
  const db = openDatabase<LedgerTables>({ databaseUrl: database.url, applicationName: "operator" });
  pool.on("error", () => undefined); // dropping the database may overtake the end of a connection

  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows;
  const receive = (body: Uint8Array | Body, receivedAt = NOW) => inbox.receive(incoming(body, { receivedAt }));
  return {
    url: database.url,
    inbox,
    ledger,
    rows,
    receive,
    forget: async (...tables: string[]): Promise<void> => void (await pool.query(forgetRows(...tables))),
    /** Receives and applies, as ingress and worker do. */
    deliver: async (body: Uint8Array | Body, now = NOW) => {
      const receipt = await receive(body, now);
      const outcome = await ledger.applyDelivery(idOf(body), now);
      return { receipt, outcome };
    },
    /** What an operator does, done once. */
    act: (event: ClientFileEvent, now = NOW) =>
      inTransaction(db, (trx, foreseen) => applyEvent(trx, event, null, { now, rules, foreseen })),
    /** Does `work` while another session is in the middle of a transaction that ran `text`; it ends by rollback, unless `commit` was called. */
    holding: async (text: string, work: (commit: () => Promise<unknown>) => Promise<void>): Promise<void> => {
      const session = await pool.connect();
      try {
        await session.query("begin");
        await session.query(text);
        await work(() => session.query("commit"));
        await session.query("rollback");
      } finally {
        session.release();
      }
    },
    /** Does `work` while another session holds the lock of one of a company's ids. */
    holdingId: async (companyId: string, node: Node, work: () => Promise<void>): Promise<void> => {
      await inTransaction(db, async (trx) => {
        await takeLocks(trx, [nodeKey(companyId, node)]);
        await work();
      });
    },
    /** Resolves when a statement of the ledger waits for a lock; with the process of its connection. */
    untilWaiting: () =>
      vi.waitFor(async () => {
        const [waiting] = await rows<{ pid: number }>(
          `select pid from pg_stat_activity
          where datname = current_database() and application_name = 'test' and wait_event_type = 'Lock'`,
        );
        if (!waiting) throw new Error("nothing waits for a lock");
        return waiting.pid;
      }, UNTIL_WAITING),
    /** A subscriber that wants everything, unless chosen otherwise. */
    subscribe: (chosen: Partial<SubscriberSettings> = {}) =>
      ledger.subscribers.create({ ...wantsAll, ...chosen }, { actor: "test", now: NOW }),
    /** What a subscriber is to be told, in the order in which it was written. */
    toldTo: async ({ id }: { id: string }): Promise<NotificationBody[]> =>
      (await rows<{ body: string }>("select body from notifications where subscriber_id = $1 order by id", [id])).map(
        ({ body }) => notificationBody.parse(JSON.parse(body)),
      ),
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await db.destroy();
      await inbox.close();
      await ledger.close();
      await database.giveBack();
    },
  };
}
export type TestLedger = Awaited<ReturnType<typeof openTestLedger>>;

const wantsAll: SubscriberSettings = {
  name: "all",
  kind: "http",
  url: "https://subscriber.example/",
  types: ["*"],
  companies: null,
  audience: "operations",
};

const toBytes = (body: Uint8Array | Body): Uint8Array => (body instanceof Uint8Array ? body : bytesOf(body));

export const idOf = (body: Uint8Array | Body): string => deliveryIdOf(toBytes(body));

/** A delivery as the ingress hands it over, classified unless its problems are given. */
export function incoming(
  body: Uint8Array | Body,
  { receivedAt = NOW, problems }: { receivedAt?: Date; problems?: Problem[] } = {},
): IncomingDelivery {
  const bytes = toBytes(body);
  const classification = classify(bytes);
  if (classification.kind === "not-json") throw new Error("the ingress refuses what is not JSON");
  const { type, companyId } = classification.kind === "message" ? classification.message : classification;
  const found = classification.kind === "message" ? [] : classification.problems;
  const [id, receiptId] = [deliveryIdOf(bytes), randomUUID()];
  return { id, body: bytes, type, companyId, receivedAt, receiptId, problems: problems ?? found };
}

/** What must not depend on order: everything but versions, ids and times of recording. */
export async function settledFiles(ledger: Ledger, filter: { companyId?: string } = {}) {
  const { items } = await ledger.clientFiles.list({ ...filter, limit: 1_000 });
  const files = await Promise.all(items.map((item) => ledger.clientFiles.get(item.id)));
  return files
    .flatMap((file) => file ?? [])
    .map((file) => ({
      companyId: file.companyId,
      fileUuid: file.fileUuid,
      fileNumber: file.fileNumber,
      externalId: file.externalId,
      kind: file.kind,
      state: file.state,
      flags: file.flags,
      score: file.score,
      retries: file.retries.map(({ nextAction: _, ...counter }) => counter), // is the first of the timers
      timers: file.followUps
        .filter(({ status }) => status === "pending")
        .map(
          ({ documentId, verification, attempt, kind, dueAt }) =>
            `${documentId} ${verification} ${attempt} ${kind} ${dueAt}`,
        )
        .sort(),
      documents: file.documents,
      path: file.transitions.map(({ from, to, cause, occurredAt }) => ({ from, to, cause, occurredAt })),
    }))
    .sort((a, b) => (JSON.stringify([a.fileUuid, a.fileNumber]) < JSON.stringify([b.fileUuid, b.fileNumber]) ? -1 : 1));
}
