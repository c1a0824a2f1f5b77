import { notificationBody } from "@receiver/contracts";
import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { idOf, incoming, NOW, openTestLedger } from "./open-test-ledger.ts";

const by = { actor: "awa", now: NOW };
const storyOf = (seed: string, companyId = 123) => {
  const file = inventFile(seed, { companyId });
  return [
    danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file),
    danaya.ANALYSIS_RESULT(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file),
  ];
};

describe("who is told", () => {
  test("each subscriber of each version once, also when a file's deliveries are applied at once", async () => {
    await using t = await openTestLedger();
    const subscribers = [await t.subscribe(), await t.subscribe(), await t.subscribe({ audience: "compliance" })];
    const file = inventFile("at once");
    const retries = [1, 2, 3, 4].map((attempt) =>
      danaya.RETRY_DOCUMENT_VERIFICATION(file, { attempt, timestamp: `2026-01-0${attempt}T08:00:00Z` }),
    );
    const bodies = [...storyOf("at once"), ...retries];
    await Promise.all(bodies.map((body) => t.receive(body)));
    await Promise.all([...bodies, ...bodies].map((body) => t.ledger.applyDelivery(idOf(body), NOW)));

    const { items } = await t.ledger.clientFiles.list({ limit: 10 });
    expect(items).toHaveLength(1);
    const versions = Array.from({ length: items[0]?.version ?? 0 }, (_, index) => index + 1);
    for (const subscriber of subscribers) {
      const told = await t.rows<{ version: number }>(
        `select n.version from notifications n join client_files f on f.id = n.client_file_id
        where subscriber_id = $1 and f.merged_into is null order by n.version`,
        [subscriber.id],
      );
      expect(told.map(({ version }) => version)).toEqual(versions);
    }
  });

  test("only of the types that it asked for", async () => {
    await using t = await openTestLedger();
    const all = await t.subscribe();
    const decisions = await t.subscribe({ types: ["client_file.approved", "client_file.rejected"] });
    for (const body of storyOf("types")) await t.deliver(body);

    expect((await t.toldTo(all)).map(({ type }) => type)).toEqual([
      "client_file.received",
      "verification.retry_requested",
      "client_file.state_changed",
      "client_file.approved",
    ]);
    expect((await t.toldTo(decisions)).map(({ type }) => type)).toEqual(["client_file.approved"]);
  });

  test("only of its companies", async () => {
    await using t = await openTestLedger();
    const every = await t.subscribe();
    const ours = await t.subscribe({ companies: ["7", "8"] });
    for (const body of [...storyOf("ours", 7), ...storyOf("theirs", 9)]) await t.deliver(body);

    expect(await t.toldTo(every)).toHaveLength(8);
    const told = await t.toldTo(ours);
    expect(told).toHaveLength(4);
    expect(new Set(told.map(({ data }) => data.companyId))).toEqual(new Set(["7"]));
  });

  test("from its subscription on, and not after its removal", async () => {
    await using t = await openTestLedger();
    const [upload, retry, analysis, status] = storyOf("in between").map((body) => () => t.deliver(body));
    await upload?.();
    const subscriber = await t.subscribe();
    await retry?.();
    expect(await t.ledger.subscribers.remove(subscriber.id, by)).toBe(true);
    await analysis?.();
    await status?.();

    expect((await t.toldTo(subscriber)).map(({ type }) => type)).toEqual(["verification.retry_requested"]);
    expect(await t.ledger.subscribers.list()).toEqual([]);
    expect(await t.ledger.subscribers.remove(subscriber.id, by)).toBe(false);
    expect(await t.ledger.subscribers.update(subscriber.id, { name: "back" }, by)).toBeNull();
  });

  test("compliance alone of a sanctions check, because to tell the customer is an offence", async () => {
    await using t = await openTestLedger();
    const audiences = {
      compliance: await t.subscribe({ audience: "compliance" }),
      operations: await t.subscribe({ audience: "operations" }),
      customer: await t.subscribe({ audience: "customer" }),
    };
    const file = inventFile("looked into");
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { documents: [] } }));
    const pep = { verificationType: "PEP_CHECK", timestamp: "2026-01-01T08:00:00Z" };
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, pep));

    expect((await t.toldTo(audiences.compliance)).at(-1)).toMatchObject({
      type: "verification.escalated",
      data: { state: "RETRY_REQUESTED", retries: [{ verification: "PEP", ask: "compliance-review" }] },
    });
    expect(await t.toldTo(audiences.customer)).toMatchObject([{ data: { state: "IN_ANALYSIS", version: 1 } }]);
    expect((await t.toldTo(audiences.operations)).at(-1)).toMatchObject({ type: "client_file.state_changed" });

    // What they are told later is silent about it, too.
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: "2026-01-02T08:00:00Z" }));
    await t.deliver(danaya.ANALYSIS_RESULT(file, { timestamp: "2026-01-03T08:00:00Z" }));
    for (const audience of [audiences.operations, audiences.customer]) {
      const told = await t.toldTo(audience);
      expect(told.at(-1)).toMatchObject({ data: { state: "AWAITING_DECISION" } });
      expect(JSON.stringify(told)).not.toMatch(/PEP|compliance/);
    }
  });

  test("a customer of what compliance heard before him, because to him it is news", async () => {
    await using t = await openTestLedger();
    const [compliance, customer] = [
      await t.subscribe({ audience: "compliance" }),
      await t.subscribe({ audience: "customer" }),
    ];
    const file = inventFile("reopened twice");
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    const pep = { verificationType: "PEP_CHECK", timestamp: "2026-01-01T08:00:00Z" };
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, pep));
    expect((await t.toldTo(compliance)).at(-1)).toMatchObject({ type: "client_file.reopened" });
    expect((await t.toldTo(customer)).map(({ type }) => type)).toEqual(["client_file.approved"]);

    const again = { timestamp: "2026-01-02T08:00:00Z", payload: { documents: [] } };
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, again));
    expect((await t.toldTo(customer)).map(({ type }) => type)).toEqual([
      "client_file.approved",
      "client_file.reopened",
    ]);
    expect(await t.toldTo(compliance)).toHaveLength(2);
  });
});

describe("what is told", () => {
  test("is a text that the contract accepts whole and that stays the same, because it is what gets signed", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    const expired = danaya.ANALYSIS_RESULT(inventFile("expired"), {
      payload: {
        documents: [
          { id: 1, type: "PASSEPORT", ocrExtractedData: { document_expiry_yyyy_mm_dd: "2026-10-01", nni: "12345" } },
          { id: 2, type: "CNI", ocrExtractedData: { document_expiry_yyyy_mm_dd: "2034-05-31" } },
        ],
      },
    });
    for (const body of [...storyOf("whole"), expired]) await t.deliver(body);
    const [due] = await t.ledger.notices.due({ now: NOW, after: null, limit: 1 });
    if (due) await t.ledger.notices.fire(due, NOW);

    const rows = await t.rows<{ id: string; body: string }>("select id, body from notifications order by id");
    expect(rows).toHaveLength(6);
    for (const { id, body } of rows) {
      expect(JSON.stringify(notificationBody.parse(JSON.parse(body)))).toBe(body);
      expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
      for (const _ of [1, 2]) {
        const loaded = await t.ledger.loadNotification(id, 0);
        expect(loaded).toMatchObject({ kind: "send", notification: { body, attempts: 0 } });
      }
    }
    const told = await t.toldTo(subscriber);
    expect(told.at(-1)).toMatchObject({
      type: "document.expired",
      // Not the card, which is good for years.
      data: { documents: [{ documentId: "1", type: "PASSEPORT", expiresOn: "2026-10-01", daysLeft: -52 }] },
    });
    expect(JSON.stringify(rows)).not.toContain("12345");
  });

  test("names the delivery that caused it and where the file came from", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    const bodies = storyOf("cause");
    for (const body of bodies) await t.deliver(body);

    const told = await t.toldTo(subscriber);
    expect(told.map(({ data }) => data)).toMatchObject([
      { previousState: null, state: "RECEIVED", version: 1, processingEnded: false, cause: idOf(bodies[0] ?? {}) },
      { previousState: "RECEIVED", state: "RETRY_REQUESTED", retries: [{ ask: "new-selfie", status: "open" }] },
      { previousState: "RETRY_REQUESTED", state: "AWAITING_DECISION", processingEnded: true },
      { previousState: "AWAITING_DECISION", state: "APPROVED", confirmed: false, cause: idOf(bodies[3] ?? {}) },
    ]);
  });
});

describe("a subscriber's secret", () => {
  test("is shown once, and reaches only who signs", async () => {
    await using t = await openTestLedger();
    const { secret, ...subscriber } = await t.subscribe();
    expect(secret).toMatch(/^whsec_/);
    expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);

    const updated = await t.ledger.subscribers.update(subscriber.id, { name: "renamed", types: ["*"] }, by);
    expect(updated).toEqual({ ...subscriber, name: "renamed" });
    expect(await t.ledger.subscribers.list()).toEqual([updated]);
    expect(JSON.stringify(await t.ledger.audit.list({ limit: 10 }))).not.toContain(secret);

    await t.deliver(storyOf("secret")[0] ?? {});
    const { items } = await t.ledger.notifications.list({ limit: 1 });
    expect(JSON.stringify(items)).not.toContain(secret);
    expect(await t.ledger.loadNotification(items[0]?.id ?? "", 0)).toMatchObject({
      notification: { subscriber: { id: subscriber.id, url: subscriber.url, secret } },
    });
  });
});

describe("quarantined deliveries", () => {
  const broken = (index: number, companyId: number | null = 123) => ({
    messageType: "OF_TOMORROW",
    companyId,
    payload: { index },
  });

  test("are told once, also when two sweepers meet", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    for (let index = 0; index < 6; index += 1) await t.receive(broken(index));

    const rounds = await Promise.all([1, 2, 3].map(() => t.ledger.sweep.announceQuarantined(NOW, 100)));
    expect(rounds.flat()).toHaveLength(6);
    expect(await t.ledger.sweep.announceQuarantined(NOW, 100)).toEqual([]);

    const told = await t.toldTo(subscriber);
    expect(new Set(told.map(({ data }) => "deliveryId" in data && data.deliveryId))).toEqual(
      new Set([0, 1, 2, 3, 4, 5].map((index) => idOf(broken(index)))),
    );
    expect(told[0]).toMatchObject({
      type: "delivery.quarantined",
      data: { companyId: "123", messageType: "OF_TOMORROW", problems: [{ path: "messageType" }] },
    });
  });

  test("are taken a page at a time, oldest first, because a flood of them must not make one huge transaction", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    for (let index = 0; index < 5; index += 1) {
      await t.inbox.receive(incoming(broken(index), { receivedAt: new Date(NOW.getTime() - index * 1_000) }));
    }
    const pages = [];
    for (let page = 0; page < 4; page += 1) pages.push((await t.ledger.sweep.announceQuarantined(NOW, 2)).length);
    expect(pages).toEqual([2, 2, 1, 0]);
    const told = await t.toldTo(subscriber);
    expect(told.map(({ data }) => "deliveryId" in data && data.deliveryId)).toEqual(
      [4, 3, 2, 1, 0].map((index) => idOf(broken(index))),
    );
  });

  test("that name no company concern those who listen to every company", async () => {
    await using t = await openTestLedger();
    const every = await t.subscribe();
    const one = await t.subscribe({ companies: ["123"] });
    await t.receive(broken(1, null));
    await t.ledger.sweep.announceQuarantined(NOW, 10);
    expect(await t.toldTo(every)).toHaveLength(1);
    expect(await t.toldTo(one)).toHaveLength(0);
  });
});

describe("a customer", () => {
  const file = inventFile("looked into");
  const looked = (timestamp: string, verificationType: string) =>
    danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp, verificationType });

  test.each(["PEP_CHECK", "SANCTION_CHECK", "MEDIA_CHECK"])(
    "hears nothing of %s, not even by a state or a flag",
    async (check) => {
      await using t = await openTestLedger();
      const [customer, bank] = [await t.subscribe({ audience: "customer" }), await t.subscribe()];
      await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: "2026-01-05T09:00:00Z" }));
      const before = await t.toldTo(customer);
      await t.deliver(looked("2026-01-06T09:00:00Z", check));

      expect(await t.toldTo(customer)).toEqual(before);
      expect((await t.toldTo(bank)).at(-1)).toMatchObject({ type: "client_file.reopened" });
    },
  );

  test("hears of no delivery that could not be applied", async () => {
    await using t = await openTestLedger();
    const [customer, bank] = [await t.subscribe({ audience: "customer" }), await t.subscribe()];
    await t.receive(Buffer.from("{}"));
    await t.ledger.sweep.announceQuarantined(NOW, 10);
    expect([(await t.toldTo(customer)).length, (await t.toldTo(bank)).length]).toEqual([0, 1]);
  });
});
