import { type Body, inventFile } from "@receiver/testing";
import { afterAll, describe, expect, test } from "vitest";
import { by, MARKER, openErasingLedger, story } from "./open-erasing-ledger.ts";
import { idOf, NOW } from "./open-test-ledger.ts";

const { t, ledger, deliver, idOfFile, close } = await openErasingLedger();
afterAll(close);

describe("an erased file", () => {
  test("folds what comes later, also under an id that it gains by it, and keeps no body of it", async () => {
    const file = inventFile("gains a number");
    const [upload = {}, retry = {}, , decision = {}] = story(file);
    await deliver(upload);
    const id = await idOfFile({ fileUuid: file.uuid });
    await ledger.erasure.eraseFile(id, by);
    await deliver(retry); // bears the externalId that ties its number to the uuid
    await deliver(decision);
    expect(await ledger.clientFiles.get(id)).toMatchObject({
      state: "APPROVED",
      retention: { erased: { by: "awa" }, contentKept: false },
    });
  });

  test("that gains what was kept under another id says so, and loses that, too, when it is erased once more", async () => {
    const file = inventFile("kept apart");
    const [upload = {}, retry = {}, , decision = {}] = story(file);
    for (const body of [upload, decision]) await deliver(body);
    const id = await idOfFile({ fileUuid: file.uuid });
    await ledger.erasure.eraseFile(id, by);
    await deliver(retry);
    const keptOf = async () => (await ledger.clientFiles.get(id))?.retention.contentKept;
    expect(await keptOf()).toBe(true);
    expect(await ledger.erasure.eraseFile(id, by)).toMatchObject({ kind: "erased", bodies: 2 });
    expect(await keptOf()).toBe(false);
  });

  /** Its uuid was erased, its number has a body that was kept, and a weak link has tied the two since. */
  async function erasedAndTied(seed: string, worker = ledger) {
    const file = inventFile(seed);
    const [upload = {}, retry = {}, analysis = {}, decision = {}] = story(file);
    await deliver(upload, worker);
    await deliver(decision, worker);
    const id = await idOfFile({ fileUuid: file.uuid });
    await ledger.erasure.eraseFile(id, by);
    await deliver(retry, worker);
    const replay = async () => {
      await ledger.deliveries.replay({ id: idOf(decision) }, by);
      await worker.applyDelivery(idOf(decision), NOW);
    };
    const reveal = async (body: Body) => String(await ledger.deliveries.reveal(idOf(body), "awa", "test"));
    return { analysis, decision, replay, reveal };
  }

  test("loses nothing that is kept under the other id by a replay, because only an operator or a deadline erases", async () => {
    const { decision, analysis, replay, reveal } = await erasedAndTied("kept through a replay");
    await replay();
    expect(await reveal(decision)).toContain(MARKER);
    await deliver(analysis); // of the id that is kept, and so kept with it
    expect(await reveal(analysis)).toContain(MARKER);
  });

  test("loses nothing that is kept plain under the other id, neither by a replay nor when it is sealed at last", async () => {
    const { decision, replay, reveal } = await erasedAndTied("kept plain through a replay", t.ledger);
    await replay();
    expect(await reveal(decision)).toContain(MARKER);
    for (let after: string | null = ""; after !== null; )
      after = (await ledger.sealing.wrapBodies({ after, limit: 100 }, NOW)).next;
    expect(await reveal(decision)).toContain(MARKER);
    expect(
      await t.rows("select from delivery_bodies where data_key_id is null and delivery_id = $1", [idOf(decision)]),
    ).toHaveLength(0);
  });

  test("keeps what comes late under an id that it gains while it is held, because nothing of a held file is erased", async () => {
    const file = inventFile("gains a number while held");
    const [upload = {}, retry = {}] = story(file);
    await deliver(upload);
    const id = await idOfFile({ fileUuid: file.uuid });
    await ledger.erasure.eraseFile(id, by);
    await ledger.erasure.hold(id, by);
    await deliver(retry);
    expect(String(await ledger.deliveries.reveal(idOf(retry), "awa", "test"))).toContain(MARKER);
  });
});
