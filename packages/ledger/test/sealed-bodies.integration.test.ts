import { type Body, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytes, masterKey, openSealedLedger, reveal, type SealedLedger } from "./open-sealed-ledger.ts";
import { idOf, NOW } from "./open-test-ledger.ts";

let t: SealedLedger;
beforeAll(async () => {
  t = await openSealedLedger(masterKey("2026-11"));
});
afterAll(async () => t[Symbol.asyncDispose]());

let files = 0;
/** Of a person of its own, whose name stands in the bodies. */
function story() {
  files += 1;
  const file = inventFile(`sealed-${files}`);
  return {
    file,
    upload: danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    retry: danaya.RETRY_DOCUMENT_VERIFICATION(file),
    analysis: danaya.ANALYSIS_RESULT(file),
    approval: danaya.CLIENT_FILE_STATUS_CHANGED(file),
  };
}

const apply = (id: string) => t.sealed.applyDelivery(id, NOW);
const keysOf = (space: string, id: string | null) =>
  t.rows<{ id: string; destroyed_at: Date | null }>("select * from data_keys where home_space = $1 and home_id = $2", [
    space,
    id,
  ]);
const destroy = (space: string, id: string | null) =>
  t.rows(
    `update data_keys set sealed_key = null, master_version = null, destroyed_at = now()
      where home_space = $1 and home_id = $2`,
    [space, id],
  );
/** Nothing of the body but its envelope's head. */
const showsNothingOf = (stored: Buffer | undefined, body: object) => {
  const texts = JSON.stringify(body).match(/[A-Za-z]{4,}/g) ?? [];
  return stored !== undefined && texts.length > 5 && texts.every((text) => !stored.includes(text));
};

describe("a body sealed by the ingress", () => {
  test("is sealed under its file's key when it is applied, and is readable in no row before or after", async () => {
    const { file, analysis, approval } = story();
    await t.receiveSealed(analysis);
    expect(showsNothingOf((await t.stored(analysis))?.body, analysis)).toBe(true);
    expect((await t.stored(analysis))?.data_key_id).toBeNull();

    expect(await apply(idOf(analysis))).toMatchObject({ kind: "applied" });
    await apply(await t.receiveSealed(approval));
    const [key] = await keysOf("number", String(file.number));
    for (const body of [analysis, approval]) {
      const stored = await t.stored(body);
      expect(stored?.data_key_id).toBe(key?.id);
      expect(showsNothingOf(stored?.body, body)).toBe(true);
      expect(await reveal(t.sealed, body)).toEqual(bytes(body));
    }
  });

  test("can be replayed and foretold like any other, and keeps its key", async () => {
    const { approval } = story();
    await apply(await t.receiveSealed(approval));
    const before = await t.stored(approval);
    const selection = { id: idOf(approval) };
    expect(await t.sealed.deliveries.dryRunReplay(selection, NOW)).toMatchObject({ deliveryIds: [idOf(approval)] });
    const { deliveryIds } = await t.sealed.deliveries.replay(selection, { actor: "awa", reason: null });
    expect(deliveryIds).toEqual([idOf(approval)]);
    expect(await apply(idOf(approval))).toMatchObject({ kind: "applied" });
    expect(await t.stored(approval)).toEqual(before);
  });

  test("waits where its master key is not there: it is no fault of the delivery's, and costs nothing", async () => {
    const { approval } = story();
    const id = await t.receiveSealed(approval);
    for (const ledger of [t.ledger, t.ledgerWith(masterKey("another"))])
      await expect(ledger.applyDelivery(id, NOW)).rejects.toMatchObject({
        code: "MASTER_KEY_MISSING",
        retryInMs: 30_000,
      });
    expect(await t.sealed.deliveries.get(id)).toMatchObject({ status: "pending", attempts: 0 });
    expect(await apply(id)).toMatchObject({ kind: "applied" });
  });

  test("put under another delivery is refused, wherever it came from", async () => {
    const [one, other] = [story(), story()];
    for (const { approval } of [one, other]) await t.receiveSealed(approval);
    const swap = () =>
      t.rows(
        "update delivery_bodies a set body = b.body from delivery_bodies b where a.delivery_id = $1 and b.delivery_id = $2",
        [idOf(one.approval), idOf(other.approval)],
      );
    await swap();
    await expect(apply(idOf(one.approval))).rejects.toMatchObject({ code: "BODY_UNREADABLE", retryable: false });
  });
});

test("a body that came plain is sealed as well, because the ingress may not be told yet", async () => {
  const { upload } = story();
  await t.receive(upload);
  expect((await t.stored(upload))?.body).toEqual(bytes(upload));
  await apply(idOf(upload));
  expect(showsNothingOf((await t.stored(upload))?.body, upload)).toBe(true);
  expect(await reveal(t.sealed, upload)).toEqual(bytes(upload));
});

test("without master keys bodies stay as they come, and are read", async () => {
  const { upload } = story();
  await t.deliver(upload);
  expect(await t.stored(upload)).toEqual({ body: bytes(upload), data_key_id: null });
  expect(await reveal(t.ledger, upload)).toEqual(bytes(upload));
});

/** The keys that deliveries had before they belonged to a file. */
const ownKeysOf = (body: Body) =>
  t.rows<{ id: string; destroyed: boolean }>(
    "select id, destroyed_at is not null as destroyed from data_keys where delivery_id = $1",
    [idOf(body)],
  );
/** As a dump has it that was made then, with today's keys. */
const restore = (body: Body, dumped: Awaited<ReturnType<typeof t.stored>>) =>
  t.rows("update delivery_bodies set body = $1, data_key_id = $2 where delivery_id = $3", [
    dumped?.body,
    dumped?.data_key_id,
    idOf(body),
  ]);

describe("a quarantined body", () => {
  async function quarantined() {
    const { approval, file } = story();
    await t.receiveSealed(approval);
    await t.rows("update deliveries set status = 'quarantined' where id = $1", [idOf(approval)]);
    await t.sealed.sweep.announceQuarantined(NOW, 10);
    return { approval, file, dumped: await t.stored(approval) };
  }
  async function applyAtLast(body: Body) {
    await t.sealed.deliveries.replay({ id: idOf(body) }, { actor: "awa", reason: null });
    await apply(idOf(body));
  }

  test("gets a key of its own when it is told of, and its file's when it is applied at last", async () => {
    const { approval, file, dumped } = await quarantined();
    const own = [{ id: dumped?.data_key_id, destroyed: false }];
    expect(await ownKeysOf(approval)).toEqual(own);
    expect(await reveal(t.sealed, approval)).toEqual(bytes(approval));

    await applyAtLast(approval);
    expect((await t.stored(approval))?.data_key_id).toBe((await keysOf("number", String(file.number)))[0]?.id);
    expect(await reveal(t.sealed, approval)).toEqual(bytes(approval));
    expect(await ownKeysOf(approval)).toEqual(own);
    await restore(approval, dumped);
    expect(await reveal(t.sealed, approval)).toEqual(bytes(approval));
  });

  test("is gone from a dump as well when it turns out to be of a file that was erased", async () => {
    const { approval, file, dumped } = await quarantined();
    await apply(await t.receiveSealed(danaya.ANALYSIS_RESULT(file)));
    await destroy("number", String(file.number));
    await applyAtLast(approval);
    expect(await ownKeysOf(approval)).toEqual([{ id: dumped?.data_key_id, destroyed: true }]);
    await restore(approval, dumped);
    await expect(reveal(t.sealed, approval)).rejects.toMatchObject({ code: "BODY_ERASED" });
  });
});

describe("a failed body", () => {
  async function failed(code: string) {
    const { approval } = story();
    const id = await t.receiveSealed(approval);
    const dumped = await t.stored(approval);
    await t.sealed.recordDeliveryFailure(id, { code, frames: [], epoch: 0, now: NOW });
    return { approval, id, dumped };
  }

  test("gets a key of its own by a sweep, a bounded number at a time, and one that can't be opened holds up no other", async () => {
    await failed("BODY_UNREADABLE");
    const two = [await failed("INTERNAL"), await failed("INTERNAL")];
    const wrapped = async () =>
      (await Promise.all(two.map(({ approval }) => ownKeysOf(approval)))).flat().map(({ destroyed }) => destroyed);
    await t.sealed.sweep.announceQuarantined(NOW, 1);
    expect(await wrapped()).toEqual([false]);
    await t.sealed.sweep.announceQuarantined(NOW, 1);
    expect(await wrapped()).toEqual([false, false]);
    for (const { approval } of two) expect(await reveal(t.sealed, approval)).toEqual(bytes(approval));
  });

  test("that was erased stays erased when a dump from before brings back its bytes, under no key yet", async () => {
    const { approval, id, dumped } = await failed("INTERNAL");
    expect(dumped?.data_key_id).toBeNull();
    await t.sealed.erasure.eraseDelivery(id, { actor: "awa", reason: "request", now: NOW });
    await restore(approval, dumped);
    await expect(reveal(t.sealed, approval)).rejects.toMatchObject({ code: "BODY_ERASED" });
    expect(await t.sealed.deliveries.replay({ id }, { actor: "awa", reason: null })).toMatchObject({
      failing: [{ deliveryId: id, code: "BODY_ERASED" }],
    });
    await t.sealed.sealing.wrapBodies({ after: "", limit: 1_000 }, NOW);
    expect((await t.stored(approval))?.body).toEqual(Buffer.alloc(0)); // a rotation leaves nothing of it either
  });

  test("that was not erased is opened as what it is in such a dump, though it has a key by now", async () => {
    const { approval, dumped } = await failed("INTERNAL");
    await t.sealed.sweep.announceQuarantined(NOW, 10);
    await restore(approval, dumped);
    expect(await reveal(t.sealed, approval)).toEqual(bytes(approval));
  });
});

describe("a destroyed key", () => {
  test("leaves nothing to reveal or to replay, and keeps no other from being replayed", async () => {
    const [gone, kept] = [story(), story()];
    for (const { approval } of [gone, kept]) await apply(await t.receiveSealed(approval));
    await destroy("number", String(gone.file.number));
    await expect(reveal(t.sealed, gone.approval)).rejects.toMatchObject({ code: "BODY_ERASED" });
    const all = { filter: { messageType: "CLIENT_FILE_STATUS_CHANGED", status: "applied" as const }, limit: 100 };
    const foretold = await t.sealed.deliveries.dryRunReplay(all, NOW);
    expect(foretold.failing).toContainEqual({ deliveryId: idOf(gone.approval), code: "BODY_ERASED" });
    expect(foretold.deliveryIds).toContain(idOf(kept.approval));
  });

  test("lets a late delivery of the same file be applied, and its body not be kept, also under an id that the file only gains by it", async () => {
    const { file, upload, retry } = story();
    await apply(await t.receiveSealed(upload));
    await destroy("uuid", file.uuid);
    expect(await apply(await t.receiveSealed(retry))).toMatchObject({ kind: "applied" }); // ties a number to the uuid
    const late = await t.stored(retry);
    expect(late).toEqual({ body: Buffer.alloc(0), data_key_id: (await keysOf("uuid", file.uuid))[0]?.id });
    await expect(reveal(t.sealed, retry)).rejects.toMatchObject({ code: "BODY_ERASED" });
    expect(await t.sealed.deliveries.get(idOf(retry))).toMatchObject({ status: "applied" });
  });
});
