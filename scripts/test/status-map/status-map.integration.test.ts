import { randomUUID } from "node:crypto";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { bytesOf, createDatabase, danaya, inventFile, runCommand, type SpawnedApp, spawnApp } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

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

const statusMap = (...args: string[]) => runCommand("status-map", args, { OPS_URL: ops.url, OPS_LOGIN: login }).ended;

describe("npm run status-map", () => {
  test("foretells a row, puts it in force, and folds the files anew by it", { timeout: 60_000 }, async () => {
    const dry = await statusMap("set", "refusé=REJECTED", "--dry-run");
    expect(dry).toMatchObject({ code: 0, err: expect.stringContaining("looked at 1 of 1 files") });
    expect(dry.out).toMatch(/RECEIVED → REJECTED +-unknown-status +1 /);
    expect(dry.out).toMatch(/1 would change\nnothing was changed/);

    const set = await statusMap("set", "refusé=REJECTED", "--reason", "seen on one file");
    expect(set.out).toMatch(/^version 1 since .*, by ama: seen on one file\n/);
    expect(set.out).toMatch(/REFUSÉ +REJECTED\n/);
    expect(set.out).toMatch(/VALIDER +APPROVED\n/);

    const refold = await statusMap("refold", "--reason", "seen on one file", "--json");
    expect(JSON.parse(refold.out)).toMatchObject({ dryRun: false, touched: 1, changes: [{ files: 1 }] });
  });

  test("says in a sentence who may not, and what ops refuses", async () => {
    const stranger = runCommand("status-map", [], { OPS_URL: ops.url, OPS_LOGIN: "ama:guessed" }).ended;
    expect(await stranger).toMatchObject({ code: 1, err: expect.stringContaining("ops answered 401") });
    const nobody = runCommand("status-map", [], { OPS_URL: "http://127.0.0.1:1", OPS_LOGIN: login }).ended;
    expect(await nobody).toMatchObject({ code: 1, err: expect.stringContaining("does not answer") });
  });
});
