import { randomUUID } from "node:crypto";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { bytesOf, createDatabase, danaya, inventFile, runCommand } from "@receiver/testing";
import { expect, onTestFinished, test } from "vitest";

const now = new Date();
const LONG_AGO = new Date("2020-01-01T00:00:00Z");

/** A quarantined body of 2020; a file that was closed in 2001, and one that is held. */
async function openTest() {
  const database = await createDatabase();
  const options = { databaseUrl: database.url, applicationName: "test" };
  const [ledger, inbox] = [openLedger(options), openInbox(options)];
  onTestFinished(async () => {
    await Promise.all([ledger.close(), inbox.close()]);
    await database.drop();
  });
  const by = { actor: "ada", reason: "case 12", now };
  for (const seed of ["closed", "held"]) {
    const body = bytesOf(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed, { openedAt: "2000-01-01T00:00:00Z" })));
    const delivery = { id: deliveryIdOf(body), body, companyId: "123", receivedAt: now, receiptId: randomUUID() };
    await inbox.receive({ ...delivery, type: "DOCUMENT_TO_ANALYSE_RECEIVED", problems: [] });
    await ledger.applyDelivery(delivery.id, now);
  }
  const fileOf = async (seed: string) =>
    (await ledger.clientFiles.list({ fileUuid: inventFile(seed).uuid, limit: 1 })).items[0]?.id ?? "";
  const [closed, held] = [await fileOf("closed"), await fileOf("held")];
  for (const id of [closed, held])
    await ledger.erasure.closeRelationship(id, { ...by, closedAt: new Date("2001-01-01") });
  await ledger.erasure.hold(held, by);
  const body = Buffer.from("{}");
  const problems = [{ path: "", message: "must be of a known form" }];
  await inbox.receive({
    id: deliveryIdOf(body),
    body,
    type: null,
    companyId: null,
    receivedAt: LONG_AGO,
    receiptId: randomUUID(),
    problems,
  });
  return { ledger, closed, held, env: { DATABASE_URL: database.url } };
}

test("tells what is due and what is held, erases nothing before it is told to, and then all of it", {
  timeout: 60_000,
}, async () => {
  const t = await openTest();
  const dry = await runCommand("retention", [], t.env).ended;
  expect(dry).toMatchObject({ code: 0, err: "" });
  expect(dry.out).toMatch(/bodies of failed and quarantined deliveries +1 +2020-01-01\n/);
  expect(dry.out).toMatch(/files +1 +2001-01-01\n/);
  expect(dry.out).toMatch(/under a legal hold +1\n/);
  expect(dry.out).toMatch(new RegExp(`legal holds: 1\n  ${t.held} since .* by ada: case 12\n`));
  expect(dry.out).toContain("nothing was erased");
  expect((await t.ledger.clientFiles.get(t.closed))?.retention.contentKept).toBe(true);

  const apply = ["--apply", "--by", "awa", "--reason", "yearly", "--json"];
  const { code, out, err } = await runCommand("retention", apply, t.env).ended;
  expect(code).toBe(0);
  const told = JSON.parse(out);
  expect(told).toMatchObject({
    dryRun: false,
    finished: true,
    report: { evidence: { heldBack: 1, files: { due: 1 } } },
  });
  expect(told.erased).toEqual({ deliveryBodies: 1, notifications: 0, sightings: 0, files: 1 });
  expect(err).toBe("  erased 1 deliveryBodies, 1 in all\n  erased 1 files, 2 in all\n");
  const kept = [t.closed, t.held].map(async (id) => (await t.ledger.clientFiles.get(id))?.retention.contentKept);
  expect(await Promise.all(kept)).toEqual([false, true]);
  const [entry] = (await t.ledger.audit.list({ limit: 1 })).items;
  expect(entry).toMatchObject({ actor: "cli:awa", action: "retention.run", reason: "yearly" });
});
