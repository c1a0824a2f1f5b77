import { danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

let companyId = 1_000;

/** Uploads of one person, a day apart, in a company of their own. */
function resubmissions(count: number) {
  companyId += 1;
  const of = { companyId, externalId: "who tried again" };
  return Array.from({ length: count }, (_, day) => {
    const openedAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().replace(".000", "");
    return inventFile(`${companyId}, ${day}`, { ...of, openedAt });
  });
}
type Upload = ReturnType<typeof inventFile>;

const retryOf = danaya.RETRY_DOCUMENT_VERIFICATION;

async function fileOf({ companyId, number }: Upload, reader?: { audience: "operations" | "compliance" }) {
  const filter = { companyId: String(companyId), fileNumber: String(number), limit: 1 };
  const { items } = await t.ledger.clientFiles.list(filter);
  return t.ledger.clientFiles.get(items[0]?.id ?? "", reader && { ...reader, companyIds: [filter.companyId] });
}

const countersOf = async (upload: Upload, reader?: { audience: "operations" | "compliance" }) =>
  (await fileOf(upload, reader))?.retries.map(({ verification, attempts, carried }) => [
    verification,
    attempts,
    carried,
  ]);

describe("a resubmission", () => {
  test("counts on where the files stopped that it supersedes, each attempt once, in either order of arrival", async () => {
    for (const arrivals of [
      [0, 1, 2],
      [2, 1, 0],
    ]) {
      const uploads = resubmissions(3);
      for (const nth of arrivals) await t.deliver(retryOf(uploads[nth] as Upload, { attempt: nth + 1 }));
      const [first, second, third] = uploads as [Upload, Upload, Upload];
      expect(await countersOf(first)).toEqual([["FACE_MATCH", 1, 0]]);
      expect(await countersOf(second)).toEqual([["FACE_MATCH", 3, 1]]);
      expect(await countersOf(third)).toEqual([["FACE_MATCH", 6, 3]]);
      expect((await fileOf(first))?.flags).not.toContain("escalated");
      expect((await fileOf(second))?.flags).toContain("escalated");
    }
  });

  test("carries nothing to another check, another type of document, another customer's reference or another company", async () => {
    const [first, second] = resubmissions(2) as [Upload, Upload];
    const passport = [
      { ...second.documents[0], type: "PASSEPORT" },
      ...second.documents.slice(1),
    ] as Upload["documents"];
    const others = [
      { ...second, documents: passport },
      { ...second, number: second.number + 1, externalId: "somebody else" },
      { ...second, companyId: 1 },
    ];
    await t.deliver(retryOf(first, { attempt: 2 }));
    for (const other of others) {
      await t.deliver(retryOf(other));
      expect(await countersOf(other)).toEqual([["FACE_MATCH", 1, 0]]);
    }
    await t.deliver(retryOf(second, { verificationType: "MRZ", timestamp: "2026-01-09T00:00:00Z" }));
    expect(await countersOf(second)).toContainEqual(["MRZ", 1, 0]);
  });

  test("knows what it supersedes and what supersedes it, whether or not anything was retried", async () => {
    const uploads = resubmissions(3);
    for (const upload of uploads) await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(upload));
    for (const upload of uploads) await t.deliver(danaya.FLAT_CLIENT_FILE(upload));
    const files = await Promise.all(uploads.map((upload) => fileOf(upload)));
    const [first, second, third] = files.map((file) => file?.id);
    expect(files.map((file) => [file?.supersedes, file?.supersededBy])).toEqual([
      [[], [second, third]],
      [[first], [third]],
      [[second, first], []],
    ]);
  });

  test("that an earlier file's late retry escalates is told so, and nobody is asked again for what he was asked", async () => {
    const [first, second] = resubmissions(2) as [Upload, Upload];
    const subscriber = await t.subscribe({ companies: [String(companyId)] });
    await t.deliver(retryOf(second));
    const before = await fileOf(second);
    await t.ledger.fireFollowUp(before?.followUps[0]?.id ?? "", new Date(NOW.getTime() + 3_600_000));

    await t.deliver(retryOf(first, { attempt: 2 }));
    const after = await fileOf(second);
    expect(after).toMatchObject({ flags: expect.arrayContaining(["escalated"]), retries: [{ attempts: 3 }] });
    expect(after?.followUps.map(({ kind, attempt, status }) => `${kind} ${attempt} ${status}`)).toEqual([
      "ask 1 done",
      "reminder 1 pending",
      "escalation 1 cancelled",
      "abandonment 1 pending",
    ]);
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({
      type: "verification.escalated",
      data: { fileNumber: String(second.number), retries: [{ attempts: 3 }] },
    });
  });

  test("tells nobody but compliance what compliance's checks carried over, neither by a number nor by a flag", async () => {
    const [first, second] = resubmissions(2) as [Upload, Upload];
    await t.deliver(retryOf(first, { verificationType: "PEP_CHECK", attempt: 2 }));
    const customer = await t.subscribe({ companies: [String(companyId)], audience: "customer" });
    await t.deliver(retryOf(second));
    await t.deliver(retryOf(second, { verificationType: "PEP_CHECK", timestamp: "2026-01-09T00:00:00Z" }));
    expect(await countersOf(second, { audience: "compliance" })).toEqual([
      ["FACE_MATCH", 1, 0],
      ["PEP", 3, 2],
    ]);
    expect(await countersOf(second, { audience: "operations" })).toEqual([["FACE_MATCH", 1, 0]]);
    expect(JSON.stringify(await t.toldTo(customer))).not.toMatch(/PEP|escalated|compliance/);
  });
});

test("an externalId that many files bear counts ten of them, and holds up none of the others", async () => {
  const uploads = resubmissions(14);
  const [first, ...later] = uploads as [Upload, ...Upload[]];
  for (const upload of [...later, first]) await t.deliver(retryOf(upload));
  const counts = await Promise.all(uploads.map(async (upload) => (await countersOf(upload))?.[0]?.[2]));
  expect(counts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10]);
  const { outcome } = await t.deliver(retryOf(first, { attempt: 5, timestamp: "2026-01-09T00:00:00Z" }));
  expect(outcome.kind === "applied" && outcome.changes.length).toBe(11); // itself and the ten that count it
});
