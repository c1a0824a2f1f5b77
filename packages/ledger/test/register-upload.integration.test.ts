import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { dumpTables } from "./dump-tables.ts";
import { NOW, openTestLedger, settledFiles } from "./open-test-ledger.ts";

const by = { actor: "awa", now: NOW };
const file = inventFile("registered");
const upload = { companyId: "123", fileUuid: file.uuid, externalId: file.externalId };

describe("an upload that is registered", () => {
  test("opens its file before any webhook, because the first message may be lost", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    const { clientFileId, created, wakeUps } = await t.ledger.clientFiles.register(upload, by);

    expect(created).toBe(true);
    expect(wakeUps).toMatchObject([{ queue: "NOTIFICATION" }]);
    expect(await t.toldTo(subscriber)).toMatchObject([{ type: "client_file.received", data: { clientFileId } }]);
    expect(await t.ledger.clientFiles.get(clientFileId)).toMatchObject({
      companyId: "123",
      fileUuid: file.uuid,
      fileNumber: null,
      externalId: file.externalId,
      state: "RECEIVED",
      deliveries: [],
    });
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([
      { actor: "awa", action: "client-file.register" },
    ]);
  });

  test("again changes nothing, because the customer's call may be repeated", async () => {
    await using t = await openTestLedger();
    const first = await t.ledger.clientFiles.register(upload, by);
    const before = await dumpTables(t);
    const again = await t.ledger.clientFiles.register(upload, { ...by, now: new Date(NOW.getTime() + 60_000) });
    expect(again).toEqual({ clientFileId: first.clientFileId, created: false, wakeUps: [] });
    expect(await dumpTables(t)).toEqual(before);
  });

  test("several times at once is created once", async () => {
    await using t = await openTestLedger();
    const all = await Promise.all(Array.from({ length: 6 }, () => t.ledger.clientFiles.register(upload, by)));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(all.map(({ clientFileId }) => clientFileId)).size).toBe(1);
    expect((await t.ledger.audit.list({ limit: 10 })).items).toHaveLength(1);
  });

  test("ties a retry that bears its externalId, whichever comes first", async () => {
    const retry = danaya.RETRY_DOCUMENT_VERIFICATION(file);
    for (const order of ["registered first", "registered last"]) {
      await using t = await openTestLedger();
      if (order === "registered last") await t.deliver(retry);
      const { clientFileId } = await t.ledger.clientFiles.register(upload, by);
      if (order === "registered first") await t.deliver(retry);

      expect(await settledFiles(t.ledger)).toMatchObject([
        { fileUuid: file.uuid, fileNumber: String(file.number), state: "RETRY_REQUESTED", flags: [] },
      ]);
      expect(await t.ledger.clientFiles.get(clientFileId)).toMatchObject({ fileUuid: file.uuid });
    }
  });

  test("after all its webhooks moves nothing, and is answered with the file that they made", async () => {
    await using t = await openTestLedger();
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    const [before] = await settledFiles(t.ledger);
    const { clientFileId } = await t.ledger.clientFiles.register(upload, by);

    expect(await settledFiles(t.ledger)).toEqual([before]);
    expect(await t.ledger.clientFiles.get(clientFileId)).toMatchObject({ state: "APPROVED", version: 3 });
  });
});
