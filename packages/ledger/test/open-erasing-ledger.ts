import { randomBytes } from "node:crypto";
import { type Body, danaya, type InventedFile } from "@receiver/testing";
import { openLedger } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { idOf, NOW, openTestLedger } from "./open-test-ledger.ts";

export const by = { actor: "awa", reason: "request of 12 March", now: NOW };
/** What only a body may hold. */
export const MARKER = "PLANTED-KOUASSI";
const personal = { additionalData: { name: MARKER }, frontUrl: `https://images.example/${MARKER}` };

export const story = (file: InventedFile) => [
  danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file, { payload: { additionalData: { name: MARKER } } }),
  danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: personal }),
  danaya.ANALYSIS_RESULT(file, { payload: personal }),
  danaya.CLIENT_FILE_STATUS_CHANGED(file, { payload: personal }),
];

/** A ledger that seals what it applies, and so can erase it. */
export async function openErasingLedger() {
  const t = await openTestLedger();
  const masterKeys = [{ version: "2026", key: randomBytes(32) }] as const;
  const ledger = openLedger({ databaseUrl: t.url, applicationName: "test", masterKeys, rules: rulesWithoutApi });
  return {
    t,
    ledger,
    /** Received, and applied by this ledger or another one. */
    deliver: async (body: Body, worker = ledger) => {
      const receipt = await t.receive(body);
      return { receipt, outcome: await worker.applyDelivery(idOf(body), NOW) };
    },
    idOfFile: async (where: { fileUuid: string } | { fileNumber: string }): Promise<string> => {
      const { items } = await ledger.clientFiles.list({ ...where, limit: 1 });
      return items[0]?.id ?? "";
    },
    close: async () => {
      await ledger.close();
      await t[Symbol.asyncDispose]();
    },
  };
}
