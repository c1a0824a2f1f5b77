import type { ConfirmPolicy } from "@receiver/client-file";
import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Ledger, openLedger } from "../src/index.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
beforeEach(() => t.forget("deliveries", "events", "client_files", "subscribers"));
afterAll(async () => t[Symbol.asyncDispose]());

/** As the processes are after a restart with another CONFIRM. */
function restarted(confirm: ConfirmPolicy): Ledger {
  const ledger = openLedger({ databaseUrl: t.url, applicationName: "test", rules: { confirm, lookUps: null } });
  onTestFinished(ledger.close);
  return ledger;
}

const file = inventFile("decided before a setting changed");
const approval = danaya.CLIENT_FILE_STATUS_CHANGED(file);
const refusal = danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("refused"), { payload: { status: "REJETER" } });

async function apply(ledger: Ledger, body: typeof approval) {
  await t.receive(body);
  await ledger.applyDelivery(idOf(body), NOW);
}

const states = async () =>
  t.rows<{ state: string; released: string }>(
    "select state, released_state as released from client_files where merged_into is null order by state",
  );

async function releaseAll(ledger: Ledger): Promise<string[]> {
  const held = await ledger.releases.find({ after: null, limit: 100 });
  for (const id of held) await ledger.releases.release(id, NOW);
  return held;
}

test("a stricter CONFIRM takes back nothing that was told, by whatever the file is folded again", async () => {
  const subscriber = await t.subscribe();
  await apply(restarted("never"), approval);
  const strict = restarted("decisions");
  await apply(strict, danaya.RETRY_DOCUMENT_VERIFICATION(file));
  const [{ id } = { id: "" }] = await t.rows<{ id: string }>("select id from client_files where merged_into is null");
  await strict.clientFiles.refold(id, { actor: "awa", now: NOW, reason: null });

  expect(await states()).toEqual([{ state: "APPROVED", released: "APPROVED" }]);
  expect((await t.toldTo(subscriber)).map(({ type }) => type)).not.toContain("client_file.reopened");

  const reversal = danaya.CLIENT_FILE_STATUS_CHANGED(file, {
    timestamp: minutesAfter(file, 90),
    payload: { status: "REJETER" },
  });
  await apply(strict, reversal);
  expect(await states()).toEqual([{ state: "REJECTED", released: "APPROVED" }]);
});

test("a laxer CONFIRM releases what waited, and tells it once, because no word may ever come for it", async () => {
  const strict = restarted("decisions");
  for (const body of [approval, refusal]) await apply(strict, body);
  const subscriber = await t.subscribe();
  expect(await releaseAll(strict)).toEqual([]);

  expect(await releaseAll(restarted("approvals"))).toHaveLength(1);
  expect(await states()).toEqual([
    { state: "APPROVED", released: "RECEIVED" },
    { state: "REJECTED", released: "REJECTED" },
  ]);
  const lax = restarted("never");
  const [approved = ""] = await releaseAll(lax);
  expect(await releaseAll(lax)).toEqual([]);
  expect(await lax.releases.release(approved, NOW)).toMatchObject({ changed: false, wakeUps: [] }); // another process was quicker
  expect(await t.toldTo(subscriber)).toMatchObject([
    { type: "client_file.rejected", data: { state: "REJECTED", confirmed: false } },
    { type: "client_file.approved", data: { state: "APPROVED", confirmed: false } },
  ]);
});
