import { operatorEvent } from "@receiver/events";
import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OPENED = Date.parse("2026-03-01T08:00:00Z");
const at = (ms: number) => new Date(OPENED + ms);

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const invent = (companyId: number) =>
  inventFile("given up", { companyId, openedAt: at(0).toISOString().replace(".000", "") });

const deliverRetry = (file: ReturnType<typeof invent>, ms: number, chosen = {}) =>
  t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: at(ms).toISOString(), ...chosen }), at(ms));

test("after a week operators are told that one may give up, compliance alone of its own checks, and never the customer", async () => {
  const file = invent(1);
  const operations = await t.subscribe({ companies: ["1"] });
  const compliance = await t.subscribe({ companies: ["1"], audience: "compliance" });
  const customer = await t.subscribe({ companies: ["1"], audience: "customer" });
  await deliverRetry(file, 0);
  await deliverRetry(file, MINUTE, { verificationType: "PEP_CHECK" });
  const before = await t.toldTo(customer);
  const due = await t.rows<{ id: string }>(
    "select id from follow_ups where kind = 'abandonment' order by verification = 'PEP'",
  );
  for (const { id } of due) expect(await t.ledger.fireFollowUp(id, at(8 * DAY))).toMatchObject({ kind: "done" });

  const told = async (subscriber: { id: string }) =>
    (await t.toldTo(subscriber)).filter(({ data }) => "followUp" in data && data.followUp === "abandonment");
  expect(await told(operations)).toMatchObject([
    { type: "verification.escalated", data: { state: "RETRY_REQUESTED", retries: [{ verification: "FACE_MATCH" }] } },
  ]);
  expect(await told(compliance)).toMatchObject([{}, { data: { retries: [{ verification: "PEP", status: "open" }] } }]);
  expect(await t.toldTo(customer)).toEqual(before);
});

test("who gives up cancels what was to come and refuses nobody, and a later retry begins anew", async () => {
  const file = invent(2);
  const fileNow = async () => {
    const { items } = await t.ledger.clientFiles.list({ companyId: "2", limit: 1 });
    return t.ledger.clientFiles.get(items[0]?.id ?? "");
  };
  await deliverRetry(file, 0);
  expect(await fileNow()).toMatchObject({
    retries: [{ status: "open", nextAction: { kind: "ask", dueAt: at(30 * MINUTE).toISOString() } }],
  });

  const ids = { companyId: "2", fileUuid: null, fileNumber: String(file.number) };
  const givenUp = operatorEvent({ eventId: "given up", act: "ABANDON", ...ids, occurredAt: OPENED + 8 * DAY });
  await t.act(givenUp, at(8 * DAY));
  const abandoned = await fileNow();
  expect(abandoned).toMatchObject({ state: "RETRY_REQUESTED", retries: [{ status: "abandoned", nextAction: null }] });
  expect(abandoned?.followUps.map(({ status }) => status)).toEqual(Array(4).fill("cancelled"));

  await deliverRetry(file, 9 * DAY, { attempt: 2 });
  expect(await fileNow()).toMatchObject({
    retries: [{ status: "open", nextAction: { kind: "ask", dueAt: at(9 * DAY + 30 * MINUTE).toISOString() } }],
  });
});
