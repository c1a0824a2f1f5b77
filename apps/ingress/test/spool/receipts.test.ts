import { deliveryIdOf, type IncomingDelivery } from "@receiver/ledger/inbox";
import { ReceiverError } from "@receiver/runtime";
import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { expect, test, vi } from "vitest";
import { fakeInbox, ingressUnderTest } from "../ingress-under-test.ts";
import { delivery, leaveBehind, openTestSpool, spoolFolder } from "./open-test-spool.ts";

const body = bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("one receipt")));

/** An ingress that spools into this folder, and what its ledger is told, by whatever way. The first telling of all fails. */
async function startIngress(folder: string) {
  const told: IncomingDelivery[] = [];
  const { inbox } = fakeInbox();
  const tell = (batch: readonly IncomingDelivery[]) => {
    told.push(...batch);
    if (told.length === 1) throw new ReceiverError("DATABASE_UNAVAILABLE");
  };
  const tested = ingressUnderTest({
    spool: await openTestSpool(folder),
    inbox: {
      ...inbox,
      receive: async (incoming) => {
        tell([incoming]);
        return inbox.receive(incoming);
      },
      receiveSpooled: async (batch) => {
        tell(batch);
        return inbox.receiveSpooled(batch);
      },
    },
  });
  return { ...tested, told, soonTold: () => vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 10_000 }) };
}

test("what was given up and what is drained are told as one receipt, because a server that hung may take up both", async () => {
  const { post, storage, told, soonTold } = await startIngress(await spoolFolder());
  expect((await post(body)).statusCode).toBe(200);
  storage.start();
  await soonTold();
  expect(told[1]).toEqual(told[0]);
  await storage.stop();
});

test("the same bytes again are another receipt", async () => {
  const { post, storage, told } = await startIngress(await spoolFolder());
  for (const _ of [1, 2]) expect((await post(body)).statusCode).toBe(200);
  storage.start();
  await vi.waitFor(() => expect(told).toHaveLength(3), { timeout: 10_000 });
  expect(new Set(told.map(({ id }) => id))).toEqual(new Set([deliveryIdOf(body)]));
  expect(new Set(told.map(({ receiptId }) => receiptId)).size).toBe(2);
  await storage.stop();
});

test("what an older version left is one receipt however often it is told, because a draining may be cut short", async () => {
  const folder = await spoolFolder();
  expect(delivery("{}").facts).toBeNull(); // as that version kept it
  await leaveBehind(folder, body.toString());
  const { storage, told, soonTold } = await startIngress(folder);
  storage.start();
  await soonTold();
  expect(told[1]).toEqual(told[0]);
  await storage.stop();
});
