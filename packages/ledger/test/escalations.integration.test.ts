import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OPENED = Date.parse("2026-03-01T08:00:00Z");
const at = (ms: number) => new Date(OPENED + ms);
const file = inventFile("left open", { openedAt: at(0).toISOString().replace(".000", "") });

/** A retry of the file's first document, so long after the file was opened. */
const retryAt = (ms: number, replacing: Parameters<typeof danaya.RETRY_DOCUMENT_VERIFICATION>[1] = {}) =>
  danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: at(ms).toISOString(), ...replacing });
const analysisAt = (ms: number) => danaya.ANALYSIS_RESULT(file, { timestamp: at(ms).toISOString() });

async function escalation(t: TestLedger, attempt: number): Promise<{ id: string; due_at: Date }> {
  const query = "select id, due_at from follow_ups where kind = 'escalation' and attempt = $1";
  const [found] = await t.rows<{ id: string; due_at: Date }>(query, [attempt]);
  if (!found) throw new Error(`attempt ${attempt} is not to be escalated`);
  return found;
}

describe("an escalation", () => {
  test("is of one attempt: a retry that comes after it was answered begins anew, and is escalated in its time", async () => {
    await using t = await openTestLedger();
    const subscriber = await t.subscribe();
    await t.deliver(retryAt(0), at(0));
    const first = await escalation(t, 1);
    await t.ledger.fireFollowUp(first.id, first.due_at);
    await t.deliver(analysisAt(100 * HOUR), at(100 * HOUR));
    await t.deliver(retryAt(101 * HOUR, { attempt: 2 }), at(101 * HOUR));
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({
      type: "verification.retry_requested",
      data: { flags: ["orphan"], retries: [{ attempts: 2, status: "open" }] },
    });
    const second = await escalation(t, 2);
    await t.ledger.fireFollowUp(second.id, second.due_at);
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({
      type: "verification.escalated",
      data: { followUp: "escalation", flags: ["escalated", "orphan"] },
    });
  });

  test("of compliance's check is told to compliance alone, also while another check is open", async () => {
    await using t = await openTestLedger();
    const operations = await t.subscribe({ audience: "operations" });
    const compliance = await t.subscribe({ audience: "compliance" });
    await t.deliver(retryAt(0), at(0));
    await t.deliver(retryAt(MINUTE, { verificationType: "PEP_CHECK" }), at(MINUTE));
    expect((await t.toldTo(compliance)).map(({ type }) => type)).toContain("verification.escalated");
    const told = await t.toldTo(operations);
    expect(told.map(({ type }) => type)).not.toContain("verification.escalated");
    expect(JSON.stringify(told)).not.toContain("escalated");
  });
});
