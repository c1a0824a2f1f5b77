import { randomUUID } from "node:crypto";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { bytesOf, createDatabase, danaya, inventFile, runCommand, type SpawnedApp, spawnApp } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { askOps } from "../../src/status-map/ask-ops.ts";
import type { Rows } from "../../src/status-map/command.ts";
import { refold, setRows, showMap, type Tools } from "../../src/status-map/run-status-map.ts";

const login = "ama:operator-password-1";
let database: Awaited<ReturnType<typeof createDatabase>>;
let ops: SpawnedApp<"ops">;
beforeAll(async () => {
  database = await createDatabase();
  await deliverRefusal(database.url);
  ops = await spawnApp("ops", { DATABASE_URL: database.url, OPS_USERS: login.replace(":", ":operator:") });
});
afterAll(async () => {
  await ops.kill("SIGTERM");
  await database.drop();
});

/** A file with a status that the map doesn't know. */
async function deliverRefusal(databaseUrl: string): Promise<void> {
  const options = { databaseUrl, applicationName: "test" };
  const [inbox, ledger] = [openInbox(options), openLedger(options)];
  const body = bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("refused"), { payload: { status: "REFUSÉ" } }));
  const [id, receivedAt, receiptId] = [deliveryIdOf(body), new Date(), randomUUID()];
  const type = "CLIENT_FILE_STATUS_CHANGED";
  await inbox.receive({ id, body, type, companyId: "123", receivedAt, receiptId, problems: [] });
  await ledger.applyDelivery(id, receivedAt);
  await Promise.all([inbox.close(), ledger.close()]);
}

/** The commands in this process: what is said, and the exit code. */
async function run(work: (tools: Tools) => Promise<number>, { json = false, as = login } = {}) {
  const lines: string[] = [];
  const [progress, say] = [vi.fn(), (line: string) => void lines.push(line)];
  const { signal } = new AbortController();
  const code = await work({ ops: askOps({ url: ops.url, login: as }), json, signal, progress, say });
  return { code, out: lines.join("\n"), progress };
}

describe("npm run status-map", () => {
  const rows: Rows = { set: { REFUSÉ: "REJECTED" }, remove: [] };

  test("foretells a row, puts it in force, and folds the files anew by it", async () => {
    const dry = await run((tools) => setRows(tools, rows, null));
    expect(dry.code).toBe(0);
    expect(dry.progress).toHaveBeenCalledExactlyOnceWith(1, 1);
    expect(dry.out).toMatch(/RECEIVED → REJECTED +-unknown-status +1 /);
    expect(dry.out).toMatch(/1 would change\nnothing was changed/);

    const set = await run((tools) => setRows(tools, rows, "seen on one file"));
    expect(set.out).toMatch(/^version 1 since .*, by ama: seen on one file\n/);
    expect(set.out).toMatch(/REFUSÉ +REJECTED\n/);
    expect(set.out).toMatch(/VALIDER +APPROVED\n/);

    const folded = await run((tools) => refold(tools, "seen on one file"), { json: true });
    expect(JSON.parse(folded.out)).toMatchObject({ dryRun: false, touched: 1, changes: [{ files: 1 }] });
  });

  test("says in a sentence who may not, as a process, too", async () => {
    await expect(run(showMap, { as: "ama:guessed" })).rejects.toThrow("ops answered 401");
    const nobody = runCommand("status-map", [], { OPS_URL: "http://127.0.0.1:1", OPS_LOGIN: login }).ended;
    expect(await nobody).toMatchObject({ code: 1, err: expect.stringContaining("does not answer") });
  });
});
