import { danaya, type InventedFile, inventFile } from "@receiver/testing";
import { afterAll, describe, expect, test } from "vitest";
import type { Ledger } from "../src/index.ts";
import { dumpTables } from "./dump-tables.ts";
import { by, MARKER, openErasingLedger, story } from "./open-erasing-ledger.ts";
import { idOf, incoming, NOW } from "./open-test-ledger.ts";

const { t, ledger, deliver, idOfFile, close } = await openErasingLedger();
afterAll(close);

async function delivered(seed: string, chosen: Partial<InventedFile> = {}, by = ledger) {
  const file = inventFile(seed, chosen);
  for (const body of story(file)) await deliver(body, by);
  return { file, id: await idOfFile({ fileNumber: String(file.number) }) };
}

const bodiesOf = (id: string) =>
  t.rows<{ bytes: number; keyless: boolean }>(
    `select octet_length(b.body) as bytes, k.destroyed_at is null as keyless
    from client_files f
    join events e on e.company_id = f.company_id and (e.file_number = f.file_number or e.file_uuid = f.file_uuid)
    join delivery_bodies b on b.delivery_id = e.delivery_id left join data_keys k on k.id = b.data_key_id
    where f.id = $1`,
    [id],
  );

/** Where in the database a text stands: bytes of bodies are looked into as they are. */
async function tablesWith(text: string): Promise<string[]> {
  const hex = Buffer.from(text).toString("hex");
  const dump = await dumpTables(t);
  return Object.keys(dump).filter((name) => dump[name]?.some((row) => row.includes(text) || row.includes(hex)));
}

describe("erasing a file", () => {
  test("leaves no key and no body of it, and its state, transitions, events, expiry days and notifications as they were", async () => {
    await t.subscribe();
    const { file, id } = await delivered("erased");
    const kept = ["events", "transitions", "client_files", "notifications", "deliveries", "follow_ups"];
    const [dump, details] = [await dumpTables(t), await ledger.clientFiles.get(id)];
    const [upload = {}] = story(file);
    expect(String(await ledger.deliveries.reveal(idOf(upload), "awa", "before"))).toContain(MARKER);
    const [audited, copied] = [
      (await ledger.audit.list({ limit: 100 })).items,
      await t.rows<{ delivery_id: string; body: Buffer }>("select delivery_id, body from delivery_bodies"),
    ];

    const erasure = await ledger.erasure.eraseFile(id, by);

    expect(erasure).toEqual({ kind: "erased", clientFileId: id, keys: 2, bodies: 4, othersKept: [] });
    expect(await tablesWith(MARKER)).toEqual([]);
    expect(await bodiesOf(id)).toEqual(Array.from({ length: 4 }, () => ({ bytes: 0, keyless: false })));
    const keys =
      "select home_space, sealed_key, destroyed_by from data_keys where home_id = any($1) order by home_space";
    expect(await t.rows(keys, [[file.uuid, String(file.number)]])).toEqual(
      ["number", "uuid"].map((home_space) => ({ home_space, sealed_key: null, destroyed_by: "awa" })),
    );
    const after = await dumpTables(t);
    for (const table of kept) expect(after[table], table).toEqual(dump[table]);
    const erased = { erased: { at: NOW.toISOString(), by: "awa" }, contentKept: false };
    expect(await ledger.clientFiles.get(id)).toEqual({
      ...details,
      retention: { ...details?.retention, ...erased },
    });
    expect(details?.documents.map(({ expiry }) => expiry.day)).toContain("2034-05-31");
    expect(await ledger.deliveries.get(idOf(upload))).toMatchObject({ sizeBytes: null, erased: true });
    const row = { actor: "awa", action: "client-file.erase", target: id, reason: by.reason };
    expect((await ledger.audit.list({ limit: 100 })).items).toMatchObject([row, ...audited]);

    const broken: unknown[] = [];
    const verified = await ledger.audit.verify({ found: (finding) => broken.push(finding), progress: () => undefined });
    expect([verified.findings, broken]).toEqual([0, []]);
    expect(verified.rows).toBeGreaterThan(3);

    // A backup gives the body back, and not the key.
    const copy = copied.find((body) => body.delivery_id === idOf(upload));
    await t.rows("update delivery_bodies set body = $1 where delivery_id = $2", [copy?.body, idOf(upload)]);
    await expect(ledger.deliveries.reveal(idOf(upload), "awa", "after")).rejects.toMatchObject({ code: "BODY_ERASED" });
  });

  test("leaves nothing of a body that was kept plain, because there were no master keys", async () => {
    const { id } = await delivered("plain", {}, t.ledger);
    expect(await tablesWith(MARKER)).toEqual(["delivery_bodies"]);
    expect(await ledger.erasure.eraseFile(id, by)).toMatchObject({ kind: "erased", bodies: 4 });
    expect(await tablesWith(MARKER)).toEqual([]);
  });

  test("again, or twice at once, does nothing more, because a request may be sent twice", async () => {
    const { id } = await delivered("twice");
    const outcomes = await Promise.all([ledger.erasure.eraseFile(id, by), ledger.erasure.eraseFile(id, by)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["already-erased", "erased"]);
    const dump = await dumpTables(t);
    expect(await ledger.erasure.eraseFile(id, by)).toMatchObject({ kind: "already-erased", clientFileId: id });
    expect(await dumpTables(t)).toEqual(dump);
  });

  test("of an id that nobody has is told", async () => {
    const nobody = "00000000-0000-7000-8000-000000000000";
    expect(await ledger.erasure.eraseFile(nobody, by)).toEqual({ kind: "not-found" });
  });

  test("is not undone by the same bytes again, which are counted and not kept", async () => {
    const { file, id } = await delivered("resent");
    await ledger.erasure.eraseFile(id, by);
    const [upload = {}] = story(file);
    expect(await deliver(upload)).toMatchObject({ receipt: { disposition: "duplicate" } });
    expect(await ledger.deliveries.get(idOf(upload))).toMatchObject({ sightings: 2, erased: true });
  });

  test("lets a replayed delivery stand as it was read, since it can't be read again", async () => {
    const { file, id } = await delivered("replayed");
    await ledger.erasure.eraseFile(id, by);
    const [, , analysis = {}] = story(file);
    const before = await ledger.clientFiles.get(id);
    await t.rows("update deliveries set status = 'pending' where id = $1", [idOf(analysis)]);
    expect(await ledger.applyDelivery(idOf(analysis), NOW)).toEqual({ kind: "already-applied" });
    expect(await ledger.deliveries.get(idOf(analysis))).toMatchObject({ status: "applied" });
    expect(await ledger.clientFiles.get(id)).toEqual(before);
  });

  test("waits for a delivery that is being applied, so that its body is found", async () => {
    const { file, id } = await delivered("at work");
    let erasure: ReturnType<Ledger["erasure"]["eraseFile"]> | undefined;
    await t.holdingId("123", { space: "number", id: String(file.number) }, async () => {
      erasure = ledger.erasure.eraseFile(id, by);
      await t.untilWaiting();
    });
    expect(await erasure).toMatchObject({ kind: "erased", bodies: 4 });
  });
});

describe("a legal hold", () => {
  test("on either of two files that merge holds both, like the later closing date, and when they part each keeps its own", async () => {
    const file = inventFile("held and merged");
    const [upload = {}, retry = {}, , decision = {}] = story(file);
    await deliver(upload);
    await deliver(decision);
    const [uploaded, decided] = [
      await idOfFile({ fileUuid: file.uuid }),
      await idOfFile({ fileNumber: String(file.number) }),
    ];
    await ledger.erasure.hold(decided, { ...by, reason: "case 12/2026" });
    await ledger.erasure.closeRelationship(uploaded, { ...by, closedAt: new Date("2020-01-01") });
    await ledger.erasure.closeRelationship(decided, { ...by, closedAt: new Date("2021-01-01") });
    await deliver(retry);

    const merged = await ledger.clientFiles.get(uploaded);
    expect(merged?.aliases).toEqual([decided]);
    const holds = [{ clientFileId: uploaded, since: NOW.toISOString(), by: "awa", reason: "case 12/2026" }];
    expect(merged?.retention).toMatchObject({ holds, relationshipClosedAt: "2021-01-01T00:00:00.000Z" });
    expect(await ledger.erasure.eraseFile(uploaded, by)).toMatchObject({
      kind: "held",
      clientFileId: uploaded,
      holds: [{ clientFileId: uploaded, since: NOW, reason: "case 12/2026" }],
    });
    expect((await bodiesOf(uploaded)).every(({ bytes }) => bytes > 0)).toBe(true);

    expect(await ledger.erasure.liftHold(decided, { ...by, reason: "closed" })).toEqual({ clientFileId: uploaded });
    expect((await ledger.audit.list({ limit: 1 })).items).toMatchObject([
      { action: "client-file.lift-hold", target: uploaded },
    ]);
    expect(await ledger.erasure.eraseFile(decided, by)).toMatchObject({ kind: "erased", clientFileId: uploaded });

    await deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile("unties", { externalId: file.externalId })));
    const closed = [uploaded, decided].map(async (id) => (await ledger.clientFiles.get(id))?.retention);
    expect(await Promise.all(closed)).toMatchObject([
      { relationshipClosedAt: "2020-01-01T00:00:00.000Z" },
      { relationshipClosedAt: "2021-01-01T00:00:00.000Z" },
    ]);
  });

  test("holds a resubmission as well, because it is another file of the same customer", async () => {
    const first = await delivered("first try");
    const second = await delivered("second try", { externalId: first.file.externalId });
    await ledger.erasure.hold(first.id, by);
    const refusal = await ledger.erasure.eraseFile(second.id, by);
    expect(refusal).toMatchObject({ kind: "held", holds: [{ clientFileId: first.id }] });
    await ledger.erasure.liftHold(first.id, by);
    // Two uploads of one externalId are tied to no number by it: they are files of their own, and told of.
    const erasure = await ledger.erasure.eraseFile(second.id, by);
    const others = await Promise.all([
      idOfFile({ fileUuid: first.file.uuid }),
      idOfFile({ fileNumber: String(first.file.number) }),
      idOfFile({ fileUuid: second.file.uuid }),
    ]);
    expect(erasure).toMatchObject({ kind: "erased", bodies: 3, othersKept: others.sort() });
    expect((await bodiesOf(first.id)).every(({ bytes }) => bytes > 0)).toBe(true);
  });
});

describe("erasing a delivery", () => {
  const broken = { messageType: "OF_TOMORROW", companyId: 123, name: MARKER };

  test("takes the body of one that belongs to no file, and keeps that it came", async () => {
    await t.receive(broken);
    const id = idOf(broken);
    expect(await ledger.erasure.eraseDelivery(id, by)).toEqual({ kind: "erased" });
    expect(await ledger.erasure.eraseDelivery(id, by)).toEqual({ kind: "already-erased" });
    expect(await ledger.deliveries.get(id)).toMatchObject({ status: "quarantined", erased: true, sizeBytes: null });
    const [key] = await t.rows("select sealed_key, destroyed_by from data_keys where delivery_id = $1", [id]);
    expect(key).toEqual({ sealed_key: null, destroyed_by: "awa" });
    expect((await ledger.audit.list({ limit: 1 })).items).toMatchObject([{ action: "delivery.erase", target: id }]);
  });

  test("leaves what is evidence of a file to the file, and what is still to be applied to its worker", async () => {
    const { file, id } = await delivered("its own");
    const [upload = {}] = story(file);
    expect(await ledger.erasure.eraseDelivery(idOf(upload), by)).toEqual({ kind: "of-a-file", clientFileId: id });
    const waiting = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("waiting"));
    await t.receive(waiting);
    expect(await ledger.erasure.eraseDelivery(idOf(waiting), by)).toEqual({ kind: "pending" });
    expect(await ledger.erasure.eraseDelivery("0".repeat(40), by)).toEqual({ kind: "not-found" });
  });

  test("makes it fail with a code of its own when the same bytes come again, because they can't be read any more", async () => {
    const body = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("narrower contract"));
    await t.inbox.receive(incoming(body, { problems: [{ path: "payload.id", message: "must be shorter" }] }));
    await ledger.erasure.eraseDelivery(idOf(body), by);
    expect(await t.receive(body)).toMatchObject({ disposition: "duplicate", publish: { epoch: 1 } });
    await expect(ledger.applyDelivery(idOf(body), NOW)).rejects.toMatchObject({ code: "BODY_ERASED" });
  });
});
