import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, type TestOps } from "./open-test-ops.ts";

/** For tests that do not mind what others left. */
let shared: TestOps;
beforeAll(async () => {
  shared = await openTestOps();
});
afterAll(async () => shared[Symbol.asyncDispose]());

describe("the API of the status map", () => {
  test("begins with the documented and presumed statuses, as version 0", async () => {
    await using t = await openTestOps();
    expect((await t.viewer("GET", "/api/status-map")).json).toMatchObject({
      version: 0,
      entries: { VALIDER: "APPROVED", REJETER: "REJECTED" },
      createdAt: null,
    });
  });

  test("puts another version in force, with who and why", async () => {
    await using t = await openTestOps();
    const entries = { VALIDER: "APPROVED", REFUSÉ: "REJECTED" };
    const { status, json } = await t.operator("PUT", "/api/status-map", { entries, reason: "they told us" });
    expect(status).toBe(200);
    expect(json).toMatchObject({ version: 1, entries, createdBy: "ada", reason: "they told us" });
    expect((await t.viewer("GET", "/api/status-map")).json).toEqual(json);
    expect((await t.operator("GET", "/api/audit")).json.items).toMatchObject([
      { action: "status-map.replace", target: "version 1" },
    ]);
  });

  test("is refused to the second of two who saw the same version: his map would take away the first one's row", async () => {
    await using t = await openTestOps();
    const put = (status: string) =>
      t.operator("PUT", "/api/status-map", { entries: { [status]: "REJECTED" }, version: 0, reason: "seen" });
    const answers = await Promise.all(["REFUSE", "ANNULE"].map(put));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe("STATUS_MAP_CHANGED");
    expect((await t.viewer("GET", "/api/status-map")).json.version).toBe(1);
  });

  test.each([
    ["a state that doesn't exist", { HUNTER2: "GONE" }, "entries.*", "must be one of RECEIVED"],
    ["a status in small letters, because none would ever match it", { hunter2: "APPROVED" }, "entries.*", "capitals"],
    ["a status with a space around", { "HUNTER2 ": "APPROVED" }, "entries.*", "without spaces around"],
    ["an empty map", {}, "entries", "1 to 500"],
    ["a list", ["HUNTER2"], "entries", "must be an object"],
  ])("refuses %s", async (_what, entries, path, message) => {
    const t = shared;
    const { status, json, text } = await t.operator("PUT", "/api/status-map", { entries, reason: "try" });
    expect({ status, errors: json.errors }).toEqual({
      status: 400,
      errors: [{ path, message: expect.stringContaining(message) }],
    });
    expect(text).not.toMatch(/hunter2/i);
  });

  test("tells what another map would make of the files, and refolds those that it reads otherwise, once", async () => {
    await using t = await openTestOps();
    const [refused, approved] = [inventFile("refused"), inventFile("approved")];
    const refusal = { payload: { status: "REFUSÉ" } };
    await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(refused, refusal)));
    await t.deliver(bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(approved)));
    const entries = { VALIDER: "APPROVED", REFUSÉ: "REJECTED" };
    const { items } = (await t.viewer("GET", `/api/client-files?fileNumber=${refused.number}`)).json;
    const changes = [
      {
        state: { before: "RECEIVED", after: "REJECTED" },
        flagsRaised: [],
        flagsCleared: ["unknown-status"],
        files: 1,
        examples: [items[0].id],
      },
    ];
    const reason = "they told us";
    const walked = { looked: 2, files: 2, nextCursor: null };
    const foretold = await t.operator("PUT", "/api/status-map", { entries, reason, dryRun: true });
    expect(foretold.json).toEqual({ dryRun: true, affected: 1, changes, ...walked });
    expect((await t.viewer("GET", "/api/status-map")).json.version).toBe(0);

    await t.operator("PUT", "/api/status-map", { entries, reason });
    const refold = await t.operator("POST", "/api/status-map/refold", { reason });
    expect(refold.json).toEqual({ version: 1, refolded: 1, changes, ...walked });
    const again = await t.operator("POST", "/api/status-map/refold", { reason, cursor: items[0].id });
    expect(again.json).toMatchObject({ refolded: 0, changes: [], looked: 1, files: 2 });
    const { json } = await t.operator("GET", "/api/audit?action=status-map.refold");
    expect(json.items).toMatchObject([{ detail: { refolded: 0 } }, { target: "version 1", detail: { changed: 1 } }]);
  });

  test("refuses a map without a reason", async () => {
    const t = shared;
    const { json } = await t.operator("PUT", "/api/status-map", { entries: { VALIDER: "APPROVED" } });
    expect(json.errors).toMatchObject([{ path: "reason" }]);
  });
});
