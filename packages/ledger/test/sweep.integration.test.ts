import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SweepCursor, SweptKind, WakeUp } from "../src/index.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(async () => {
  await t.forget("deliveries", "events", "client_files", "subscribers");
});
afterAll(async () => t[Symbol.asyncDispose]());

const before = NOW;
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

async function sweep(kind: SweptKind, limit: number, until = before): Promise<WakeUp[]> {
  const found: WakeUp[] = [];
  let after: SweepCursor = null;
  do {
    const page = await t.ledger.sweep.overdue(kind, { before: until, after, limit });
    expect(page.wakeUps.length).toBeLessThanOrEqual(limit);
    found.push(...page.wakeUps);
    after = page.next;
  } while (after !== null);
  return found;
}

/** Rows that are due in one second each for three of them: pages end in the middle of a tie. */
async function fill(kind: SweptKind, count: number): Promise<void> {
  await t.subscribe();
  await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("swept")), ago(1));
  await t.rows("update follow_ups set status = 'done'");
  await t.rows("update notifications set status = 'delivered'");
  const due = "$1::timestamptz - (n / 3) * interval '1 second'";
  const inserts: Record<SweptKind, string> = {
    deliveries: `insert into deliveries (id, company_id, message_type, disposition, status, received_at, last_seen_at)
      select lpad(to_hex(n), 40, '0'), '1', 'ANALYSIS_RESULT', 'accepted', 'pending', ${due}, ${due}
      from generate_series(1, $2::int) n`,
    notifications: `insert into notifications (id, subscriber_id, client_file_id, version, type, body, status, next_attempt_at, created_at)
      select 'msg_' || n, s.id, f.id, 100 + n, 'client_file.received', '{}', 'pending', ${due}, now()
      from generate_series(1, $2::int) n, subscribers s, client_files f`,
    "follow-ups": `insert into follow_ups (id, client_file_id, document_id, verification, attempt, kind, due_at, status)
      select gen_random_uuid(), f.id, 'd', 'DB', n, 'ask', ${due}, 'pending'
      from generate_series(1, $2::int) n, client_files f`,
  };
  await t.rows(inserts[kind], [ago(10), count]);
}

const queueOf = { deliveries: "ANALYSIS_RESULT", notifications: "NOTIFICATION", "follow-ups": "RETRY_FOLLOW_UP" };

describe.each(["deliveries", "notifications", "follow-ups"] as const)("overdue %s", (kind) => {
  test("come page by page, oldest first, each once, also where many are due at one moment", async () => {
    await fill(kind, 50);
    const found = await sweep(kind, 7);
    expect(found).toHaveLength(50);
    expect(new Set(found.map(({ id }) => id)).size).toBe(50);
    expect(new Set(found.map(({ queue }) => queue))).toEqual(new Set([queueOf[kind]]));
    expect(found.map(({ id }) => id)).toEqual((await sweep(kind, 1_000)).map(({ id }) => id));
  });

  test("are those that were due before, because a job may just be on its way", async () => {
    await fill(kind, 6); // two were due 10 seconds ago, three 11, one 12
    expect(await sweep(kind, 10, ago(10))).toHaveLength(4);
    expect(await sweep(kind, 10, ago(11))).toHaveLength(1);
    expect(await sweep(kind, 10, ago(3_600))).toEqual([]);
  });

  test("raised by two sweepers at once are raised once, because each epoch is one job", async () => {
    await fill(kind, 1);
    const [found] = await sweep(kind, 10);
    if (!found) throw new Error("nothing is overdue");
    const raised = await Promise.all([1, 2, 3, 4].map(() => t.ledger.sweep.raiseEpoch(kind, found)));
    expect(raised.filter((wakeUp) => wakeUp !== null)).toEqual([{ ...found, epoch: 1 }]);
    expect(await sweep(kind, 10)).toMatchObject([{ id: found.id, epoch: 1 }]);
  });

  test("that were settled meanwhile are left alone", async () => {
    await fill(kind, 2);
    const found = await sweep(kind, 10);
    const settled = { deliveries: "failed", notifications: "failed", "follow-ups": "cancelled" };
    const table = { deliveries: "deliveries", notifications: "notifications", "follow-ups": "follow_ups" };
    await t.rows(`update ${table[kind]} set status = $1 where status = 'pending'`, [settled[kind]]);

    expect(await sweep(kind, 10)).toEqual([]);
    for (const wakeUp of found) expect(await t.ledger.sweep.raiseEpoch(kind, wakeUp)).toBeNull();
  });
});

test("what asks for a job is told the same by the sweeper as by the transaction that asked first", async () => {
  await t.subscribe();
  const body = danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("the same"));
  await t.receive(body, ago(60));
  expect(await sweep("deliveries", 10)).toEqual([
    {
      queue: "RETRY_DOCUMENT_VERIFICATION",
      id: idOf(body),
      epoch: 0,
      data: {
        deliveryId: idOf(body),
        messageType: "RETRY_DOCUMENT_VERIFICATION",
        companyId: "123",
        receivedAt: ago(60).toISOString(),
      },
      dueAt: null,
    },
  ]);

  const outcome = await t.ledger.applyDelivery(idOf(body), ago(50));
  const wakeUps = outcome.kind === "applied" ? outcome.wakeUps : [];
  const inTime = ago(-30 * 86_400); // when even the last timer is due
  const swept = [...(await sweep("follow-ups", 10, inTime)), ...(await sweep("notifications", 10))];
  expect(swept).toHaveLength(5); // a notification, and four timers
  expect(wakeUps).toEqual(swept);
});

test("a repeat postpones the sweep of its delivery, because it was just published again", async () => {
  const body = danaya.ANALYSIS_RESULT(inventFile("repeated"));
  await t.receive(body, ago(60));
  await t.receive(body, ago(5));
  expect(await sweep("deliveries", 10, ago(30))).toEqual([]);
  expect(await sweep("deliveries", 10)).toHaveLength(1);
});
