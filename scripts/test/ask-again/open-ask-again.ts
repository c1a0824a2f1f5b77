import { randomUUID } from "node:crypto";
import { classify } from "@receiver/contracts";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import {
  type Answer,
  type Body,
  bytesOf,
  createDatabase,
  danaya,
  type InventedFile,
  receivingServer,
  runCommand,
} from "@receiver/testing";
import { onTestFinished } from "vitest";

const now = new Date();

/** A ledger with an upload for each file, and a Danaya that gives these answers. */
export async function openTest(files: InventedFile[], answers: Answer[] = []) {
  const [database, api] = await Promise.all([createDatabase(), receivingServer(...answers)]);
  const rules = { confirm: "decisions", lookUps: null } as const;
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test", rules });
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  onTestFinished(async () => {
    await Promise.all([ledger.close(), inbox.close(), api.close()]);
    await database.drop();
  });
  const deliver = async (body: Body) => {
    const bytes = bytesOf(body);
    const read = classify(bytes);
    if (read.kind !== "message") throw new Error("a body that can't be applied");
    const { type, companyId } = read.message;
    const id = deliveryIdOf(bytes);
    await inbox.receive({ id, body: bytes, type, companyId, receivedAt: now, receiptId: randomUUID(), problems: [] });
    await ledger.applyDelivery(id, now);
  };
  for (const file of files) await deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
  const env = {
    DATABASE_URL: database.url,
    DANAYA_API_URL: api.url,
    DANAYA_API_KEY: "PLANTED-KEY",
    DANAYA_API_SECRET: "PLANTED-SECRET",
    OUTGOING_ALLOW: "127.0.0.0/8",
  };
  const states = async () => (await ledger.clientFiles.list({ limit: 100 })).items.map(({ state }) => state).sort();
  return { api, ledger, env, states, deliver };
}

export const askAgain = (env: NodeJS.ProcessEnv, ...args: string[]) => runCommand("ask-again", args, env);

export const saying = (number: number, status: string): Answer => ({
  status: 200,
  body: JSON.stringify({ id: number, status }),
});
export const fast = ["--by", "awa", "--reason", "a restore", "--rate", "100"];
