import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../src/database.ts";
import { recordDrift } from "../src/drift/record-drift.ts";
import type { DriftSighting } from "../src/index.ts";
import type { LedgerTables } from "../src/tables.ts";
import { idOf, incoming, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const by = { actor: "awa", reason: "to see" };
const file = inventFile("drifting");
const statusOf = (status: string, minutes: number, more: object = {}) =>
  danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: minutesAfter(file, minutes), payload: { status, ...more } });
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const sighting = (name: string, minutes = 0): DriftSighting => ({
  kind: "field",
  messageType: "ANALYSIS_RESULT",
  name,
  deliveryId: `delivery-${minutes}`,
  seenAt: at(minutes),
});

describe("contract drift in the ledger", () => {
  let t: TestLedger;
  beforeAll(async () => {
    t = await openTestLedger();
  });
  beforeEach(() => t.forget("contract_drift", "deliveries", "client_files", "status_maps"));
  afterAll(async () => t[Symbol.asyncDispose]());

  const list = async (filter: { since?: Date } = {}) => (await t.ledger.drift.list({ ...filter, limit: 200 })).items;
  /** Receives, applies and counts, as ingress and worker do. */
  async function deliver(body: Parameters<TestLedger["deliver"]>[0], receivedAt: Date) {
    const { outcome } = await t.deliver(body, receivedAt);
    return outcome.kind === "applied" ? t.ledger.drift.record(outcome.drift) : [];
  }

  test("names what deliveries bore, since when, how often and in which delivery first, and says once that it is new", async () => {
    const [first, second] = [statusOf("EN_REVUE", 1, { risk: 3 }), statusOf("EN_REVUE", 2)];
    expect(await deliver(first, at(1))).toEqual([
      { kind: "field", messageType: "CLIENT_FILE_STATUS_CHANGED", name: "payload.risk" },
      { kind: "status", messageType: "CLIENT_FILE_STATUS_CHANGED", name: "EN_REVUE" },
    ]);
    expect(await deliver(second, at(2))).toEqual([]);
    const common = { messageType: "CLIENT_FILE_STATUS_CHANGED", firstSeenAt: at(1).toISOString() };
    expect(await list()).toEqual([
      {
        ...common,
        kind: "status",
        name: "EN_REVUE",
        lastSeenAt: at(2).toISOString(),
        count: 2,
        deliveryId: idOf(first),
      },
      {
        ...common,
        kind: "field",
        name: "payload.risk",
        lastSeenAt: at(1).toISOString(),
        count: 1,
        deliveryId: idOf(first),
      },
    ]);
    expect(await list({ since: at(2) })).toEqual([]);
  });

  test("counts a delivery once, however often it is replayed", async () => {
    const body = statusOf("EN_REVUE", 1);
    await deliver(body, at(1));
    await t.ledger.deliveries.replay({ id: idOf(body) }, by);
    expect(await t.ledger.applyDelivery(idOf(body), at(9))).toMatchObject({ kind: "applied", drift: [] });
  });

  test("takes no status for news that the map names, whoever wrote it there", async () => {
    await deliver(statusOf("REJETER", 1), at(1));
    await t.ledger.statusMap.replace({ EN_REVUE: "IN_ANALYSIS" }, by);
    await deliver(statusOf("en_revue", 2), at(2));
    expect(await list()).toEqual([]);
  });

  test("shows unknown message types, which are quarantined, until a contract takes them", async () => {
    const body = { messageType: "DOCUMENT_EXPIRED", companyId: 1 };
    await t.inbox.receive(incoming(body, { receivedAt: at(3) }));
    await t.inbox.receive(incoming(body, { receivedAt: at(4) }));
    await t.inbox.receive(incoming(danaya.ANALYSIS_RESULT(file, { companyId: {} }), { receivedAt: at(5) }));
    expect(await list()).toEqual([
      {
        ...{ kind: "message-type", messageType: null, name: "DOCUMENT_EXPIRED", count: 1, deliveryId: idOf(body) },
        ...{ firstSeenAt: at(3).toISOString(), lastSeenAt: at(4).toISOString() },
      },
    ]);
  });

  test("keeps so many names of one kind and type, and counts the others together", async () => {
    const db = openDatabase<LedgerTables>({ databaseUrl: t.url, applicationName: "test" });
    await recordDrift(
      db,
      ["a", "b", "c", "d"].map((name) => sighting(name)),
      3,
    );
    await recordDrift(
      db,
      ["e", "a"].map((name) => sighting(name, 1)),
      3,
    );
    await db.destroy();
    const counts = (await list()).map(({ name, count }) => `${name} ${count}`);
    expect(counts.sort()).toEqual(["(more) 2", "a 2", "b 1", "c 1"]);
  });

  test("loses no count where several processes see the same names in other orders", async () => {
    const names = ["a", "b", "c", "d"];
    const rounds = Array.from({ length: 24 }, (_, n) => [...names.slice(n % 4), ...names.slice(0, n % 4)]);
    await Promise.all(rounds.map((order, n) => t.ledger.drift.record(order.map((name) => sighting(name, n)))));
    const items = await list();
    expect(items.map(({ count, deliveryId }) => `${count} ${deliveryId}`)).toEqual(names.map(() => "24 delivery-0"));
  });

  test("is read in pages", async () => {
    await t.ledger.drift.record(["a", "b", "c"].map((name, n) => sighting(name, n % 2)));
    const first = await t.ledger.drift.list({ limit: 2 });
    const second = await t.ledger.drift.list({ limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["b", "c", "a"]);
    expect(second.nextCursor).toBeNull();
  });
});
