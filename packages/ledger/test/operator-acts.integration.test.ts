import { danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Act, Acting } from "../src/index.ts";
import { dumpTables } from "./dump-tables.ts";
import { idOf, NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

let t: TestLedger;
beforeAll(async () => {
  t = await openTestLedger();
});
afterAll(async () => t[Symbol.asyncDispose]());

const theFile = async (ids: { fileUuid?: string; fileNumber?: string }) => {
  const { items } = await t.ledger.clientFiles.list({ ...ids, limit: 2 });
  expect(items).toHaveLength(1);
  const file = await t.ledger.clientFiles.get(items[0]?.id as string);
  if (file === null) throw new Error("listed, but not there");
  return file;
};

/** An operator who looks at the file and acts. */
async function act(id: string, chosen: Act, how: Partial<Acting> = {}) {
  const version = (await t.ledger.clientFiles.get(id))?.version ?? 0;
  const acting = { actor: "ama", reason: "called them", now: NOW, version, dryRun: false, ...how };
  return t.ledger.operators.act(id, chosen, acting);
}

/** Two decisions of one second that exclude each other. */
async function contradictedFile(seed: string) {
  const file = inventFile(seed);
  const approval = danaya.CLIENT_FILE_STATUS_CHANGED(file);
  const refusal = danaya.CLIENT_FILE_STATUS_CHANGED(file, { webhookId: "other", payload: { status: "REJETER" } });
  await t.deliver(danaya.ANALYSIS_RESULT(file));
  await t.deliver(approval);
  await t.deliver(refusal);
  return { ...(await theFile({ fileNumber: String(file.number) })), file, approval, refusal };
}

/** An upload and an analysis that nothing ties. */
async function twoFiles(seed: string) {
  const file = inventFile(seed);
  await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
  await t.deliver(danaya.ANALYSIS_RESULT(file));
  const [uuid, number] = [{ fileUuid: file.uuid }, { fileNumber: String(file.number) }];
  return { file, upload: await theFile(uuid), analysis: await theFile(number), uuid, number };
}

const lastAudit = async () => (await t.ledger.audit.list({ limit: 1 })).items[0];
const brokenChains = async () =>
  (await t.ledger.audit.verify({ found: () => undefined, progress: () => undefined })).findings;

describe("an operator who decides", () => {
  test("settles a contradiction, vouches for it, and the audit names what he saw", async () => {
    const subscriber = await t.subscribe();
    const { id, flags, version, approval, refusal } = await contradictedFile("settled");
    expect(flags).toContain("conflict");

    const outcome = await act(id, { kind: "decide", state: "REJECTED" });
    expect(outcome).toMatchObject({ kind: "done", repeated: false, changes: [{ state: { after: "REJECTED" } }] });
    expect(await t.ledger.clientFiles.get(id)).toMatchObject({
      state: "REJECTED",
      releasedState: "REJECTED",
      confirmation: "confirmed",
      flags: expect.not.arrayContaining(["conflict"]),
      acts: [{ kind: "decide", decision: "REJECTED", by: "ama", reason: "called them", withdrawnBy: null }],
    });
    expect((await t.toldTo(subscriber)).at(-1)).toMatchObject({
      type: "client_file.rejected",
      data: { confirmed: true },
    });
    expect(await lastAudit()).toMatchObject({
      actor: "ama",
      action: "client-file.decide",
      target: id,
      reason: "called them",
      detail: { version, decision: "REJECTED", seen: expect.arrayContaining([idOf(approval), idOf(refusal)]) },
    });
    expect(await brokenChains()).toBe(0);
  });

  test("decides after all that he saw, by whatever clock it was written", async () => {
    const file = inventFile("clock ahead", { openedAt: "2026-11-22T11:20:00Z" });
    const ahead = "2026-11-22T12:05:00Z"; // within what two clocks may differ by
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: ahead }));
    const { id } = await theFile({ fileNumber: String(file.number) });
    await act(id, { kind: "decide", state: "REJECTED" });
    expect(await t.ledger.clientFiles.get(id)).toMatchObject({ state: "REJECTED" });
    // A second thought within the same second is newer all the same.
    await act(id, { kind: "decide", state: "AWAITING_DECISION" });
    expect(await t.ledger.clientFiles.get(id)).toMatchObject({ state: "AWAITING_DECISION" });
  });

  test("can take it back, and the contradiction stands again", async () => {
    const { id } = await contradictedFile("withdrawn");
    const decided = await act(id, { kind: "decide", state: "APPROVED" });
    const eventId = decided.kind === "done" ? decided.eventId : "";
    expect(await act(id, { kind: "withdraw", eventId })).toMatchObject({ kind: "done" });
    const file = await t.ledger.clientFiles.get(id);
    expect(file).toMatchObject({ state: "AWAITING_DECISION", flags: expect.arrayContaining(["conflict"]) });
    expect(file?.acts).toMatchObject([{ eventId, withdrawnBy: file?.acts[1]?.eventId }, { withdraws: eventId }]);
    expect(await act(id, { kind: "withdraw", eventId })).toEqual({ kind: "refused", why: "ALREADY_WITHDRAWN" });
    expect(await act(id, { kind: "withdraw", eventId: "another" })).toEqual({ kind: "refused", why: "NO_SUCH_ACT" });
    // The same decision once more is a new one, since something was done in between.
    expect(await act(id, { kind: "decide", state: "APPROVED" })).toMatchObject({ kind: "done", repeated: false });
    expect(await t.ledger.clientFiles.get(id)).toMatchObject({ state: "APPROVED" });
  });

  test("on a version that is no more is refused, and of several at once one decides", async () => {
    const { id, version } = await contradictedFile("raced");
    const states = ["APPROVED", "REJECTED", "APPROVED"] as const;
    const outcomes = await Promise.all(states.map((state) => act(id, { kind: "decide", state }, { version })));
    const done = outcomes.flatMap((outcome) => (outcome.kind === "done" && !outcome.repeated ? [outcome] : []));
    expect(done).toHaveLength(1);
    expect(await act(id, { kind: "abandon" }, { version })).toEqual({ kind: "seen-another", version: version + 1 });
  });

  test("twice by the same request decides once, because an answer may be lost", async () => {
    const { id, version } = await contradictedFile("repeated");
    const first = await act(id, { kind: "decide", state: "APPROVED" }, { version });
    const before = await dumpTables(t);
    const again = await act(id, { kind: "decide", state: "APPROVED" }, { version });
    expect(again).toMatchObject({ kind: "done", repeated: true, changes: [] });
    expect(again).toHaveProperty("eventId", first.kind === "done" ? first.eventId : "");
    expect(await dumpTables(t)).toEqual(before);
  });

  test("to give up a file's retries finds some that are open, once", async () => {
    const file = inventFile("given up");
    await t.deliver(danaya.RETRY_DOCUMENT_VERIFICATION(file));
    const { id } = await theFile({ fileNumber: String(file.number) });
    expect(await act(id, { kind: "abandon" })).toMatchObject({ kind: "done" });
    const abandoned = await t.ledger.clientFiles.get(id);
    expect(abandoned?.retries).toMatchObject([{ status: "abandoned" }]);
    expect(abandoned?.followUps.filter(({ status }) => status === "pending")).toEqual([]);
    expect(await act(id, { kind: "abandon" })).toEqual({ kind: "refused", why: "NO_OPEN_RETRY" });
    await act(id, { kind: "withdraw", eventId: abandoned?.acts[0]?.eventId ?? "" });
    expect((await t.ledger.clientFiles.get(id))?.retries).toMatchObject([{ status: "open" }]);
  });
});

describe("an operator who says which ids belong together", () => {
  test("makes one file of two, and two of one again, as often as he changes his mind", async () => {
    const { upload, analysis, uuid, number, file } = await twoFiles("one of two");
    expect(upload.id).not.toBe(analysis.id);
    const linked = await act(analysis.id, { kind: "link", other: uuid });
    expect(linked).toMatchObject({ kind: "done", changes: [{ clientFileId: upload.id, changed: true }] });
    expect(await theFile(uuid)).toMatchObject({ fileNumber: number.fileNumber, state: "AWAITING_DECISION" });
    expect(await theFile(number)).toMatchObject({ flags: [], aliases: [analysis.id] });

    expect(await act(upload.id, { kind: "unlink", other: null })).toMatchObject({ kind: "done" });
    expect(await theFile(uuid)).toMatchObject({ id: upload.id, fileNumber: null, state: "RECEIVED" });
    expect(await theFile(number)).toMatchObject({ id: analysis.id, fileUuid: null, flags: ["orphan"] });

    const again = await act(upload.id, { kind: "link", other: { clientFileId: analysis.id } });
    expect(again).toMatchObject({ kind: "done", repeated: false });
    const whole = await theFile({ fileUuid: file.uuid });
    expect(whole).toMatchObject({ fileNumber: number.fileNumber, flags: [] });
    expect(whole.acts.map(({ kind }) => kind)).toEqual(["link", "unlink", "link"]);
    expect(await brokenChains()).toBe(0);
  });

  test("parts what a message tied, and no later message ties it again", async () => {
    const file = inventFile("wrongly merged");
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.FLAT_CLIENT_FILE(file));
    const merged = await theFile({ fileUuid: file.uuid });
    await act(merged.id, { kind: "unlink", other: null });
    await t.deliver(danaya.FLAT_CLIENT_FILE(file, { createdAt: minutesAfter(file, 40), status: "VALIDER" }));
    expect(await theFile({ fileUuid: file.uuid })).toMatchObject({ fileNumber: null, state: "RECEIVED" });
    expect(await theFile({ fileNumber: String(file.number) })).toMatchObject({ fileUuid: null, state: "APPROVED" });
  });

  test("decides between two numbers that claim one upload by parting it from the wrong one", async () => {
    const [file, other] = [inventFile("claimed"), inventFile("claimant")];
    await t.deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
    await t.deliver(danaya.FLAT_CLIENT_FILE(file));
    await t.deliver(danaya.FLAT_CLIENT_FILE(other, { clientFileToAnalyzeId: file.uuid, status: "VALIDER" }));
    const upload = await theFile({ fileUuid: file.uuid });
    expect(upload).toMatchObject({ fileNumber: null, flags: expect.arrayContaining(["conflict"]) });

    const conflict = await t.ledger.operators.conflict(upload.id, NOW);
    expect(conflict).toMatchObject({ flagged: true, ties: [{ parted: false }, { parted: false }] });
    expect(conflict?.sides.map(({ id, story }) => [id, story?.state]).sort()).toEqual(
      [
        [file.uuid, "RECEIVED"],
        [String(file.number), "AWAITING_DECISION"],
        [String(other.number), "APPROVED"],
      ].sort(),
    );
    const third = { fileUuid: inventFile("third").uuid };
    const claimant = await theFile({ fileNumber: String(other.number) });
    // Whoever comes by one of the two numbers, which bear the flag as well, is shown the other one.
    const fromThere = await t.ledger.operators.conflict(claimant.id, NOW);
    expect(fromThere?.sides.map(({ id }) => id).sort()).toEqual(conflict?.sides.map(({ id }) => id).sort());
    expect(fromThere?.ties).toMatchObject([
      { fileUuid: file.uuid, fileNumber: String(other.number) },
      { fileUuid: file.uuid, fileNumber: String(file.number) },
    ]);
    expect(await act(claimant.id, { kind: "link", other: third })).toEqual({
      kind: "refused",
      why: "LINK_CONTRADICTED",
    });

    const parted = await act(upload.id, { kind: "unlink", other: { fileNumber: String(other.number) } });
    expect(parted).toMatchObject({ kind: "done" });
    expect(await theFile({ fileUuid: file.uuid })).toMatchObject({ fileNumber: String(file.number), flags: [] });
    expect(await theFile({ fileNumber: String(other.number) })).toMatchObject({ flags: ["orphan"] });
  });

  test.each<[string, Act, string]>([
    ["two numbers", { kind: "link", other: { fileNumber: "1" } }, "NOT_LINKABLE"],
    ["a file with itself", { kind: "unlink", other: null }, "NOT_LINKABLE"],
    ["what nothing ties", { kind: "unlink", other: { fileUuid: "never-seen" } }, "NOT_LINKED"],
  ])("is refused for %s", async (_what, chosen, why) => {
    const file = inventFile("alone");
    await t.deliver(danaya.ANALYSIS_RESULT(file));
    const { id } = await theFile({ fileNumber: String(file.number) });
    expect(await act(id, chosen)).toEqual({ kind: "refused", why });
  });
});

describe("a dry run of an act", () => {
  test("tells what would change and leaves every table as it was", async () => {
    const { id, flags } = await contradictedFile("foretold decision");
    const { analysis, uuid } = await twoFiles("foretold link");
    const before = await dumpTables(t);
    expect(await act(id, { kind: "decide", state: "APPROVED" }, { dryRun: true })).toMatchObject({
      kind: "done",
      changes: [
        { clientFileId: id, changed: true, state: { after: "APPROVED" }, flags: { before: flags, after: ["orphan"] } },
      ],
    });
    expect(await act(analysis.id, { kind: "link", other: uuid }, { dryRun: true })).toMatchObject({
      kind: "done",
      files: expect.arrayContaining([
        expect.objectContaining({ clientFileId: analysis.id, mergedInto: expect.any(String) }),
      ]),
    });
    expect(await dumpTables(t)).toEqual(before);
  });
});
