import { randomBytes } from "node:crypto";
import type { NamedKey } from "@receiver/runtime";
import { createIntakeSeal, createMasterKeys } from "@receiver/sealing";
import { type Body, bytesOf } from "@receiver/testing";
import { type Ledger, openLedger } from "../src/index.ts";
import { rulesWithoutApi } from "../src/rules.ts";
import { idOf, incoming, openTestLedger } from "./open-test-ledger.ts";

export const masterKey = (version: string): NamedKey => ({ version, key: randomBytes(32) });

type Keys = [NamedKey, ...NamedKey[]];
type StoredRow = { body: Buffer; data_key_id: string | null };

/** A ledger whose ingress seals bodies to the first of these keys. */
export async function openSealedLedger(...keys: Keys) {
  const t = await openTestLedger();
  const opened: Ledger[] = [];
  const ledgerWith = (...others: Keys): Ledger => {
    const ledger = openLedger({
      databaseUrl: t.url,
      applicationName: "sealed",
      masterKeys: others,
      rules: rulesWithoutApi,
    });
    opened.push(ledger);
    return ledger;
  };
  const seal = createIntakeSeal(await createMasterKeys(keys).publicKey());
  return {
    ...t,
    /** As a process that has other keys. */
    ledgerWith,
    sealed: ledgerWith(...keys),
    receiveSealed: async (body: Body, receivedAt?: Date) => {
      const delivery = incoming(body, receivedAt ? { receivedAt } : {});
      await t.inbox.receive({ ...delivery, body: await seal(delivery.body, delivery.id) });
      return delivery.id;
    },
    stored: async (body: Body): Promise<StoredRow | undefined> =>
      (
        await t.rows<StoredRow>("select body, data_key_id from delivery_bodies where delivery_id = $1", [idOf(body)])
      )[0],
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((ledger) => ledger.close()));
      await t[Symbol.asyncDispose]();
    },
  };
}
export type SealedLedger = Awaited<ReturnType<typeof openSealedLedger>>;

/** What an operator is shown. */
export const reveal = (ledger: Ledger, body: Body) => ledger.deliveries.reveal(idOf(body), "awa", "test");

export const bytes = (body: Body): Buffer => Buffer.from(bytesOf(body));
