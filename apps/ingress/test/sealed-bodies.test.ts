import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createIntakeSeal, createMasterKeys, readEnvelope } from "@receiver/sealing";
import { expect, test, vi } from "vitest";
import { ingressUnderTest, statusChanged } from "./ingress-under-test.ts";
import { delivery, filesIn, leaveBehind, openTestSpool, spoolFolder } from "./spool/open-test-spool.ts";

const MARKER = "KOFFI-the-marker";
const body = statusChanged({ payload: { id: 456, status: "VALIDER", note: MARKER } });

const masterKeys = createMasterKeys([{ version: "2026-11", key: randomBytes(32) }]);
const sealToIntake = async () => createIntakeSeal(await masterKeys.publicKey());

async function opened(stored: { id: string; body: Uint8Array } | undefined): Promise<string> {
  const envelope = stored && readEnvelope(stored.body);
  if (!envelope) throw new Error("not sealed");
  expect(Buffer.from(stored.body).includes(MARKER)).toBe(false);
  return (await masterKeys.openIntake(envelope, stored.id)).toString();
}

test("what is stored shows nothing of the body, and is the same delivery when it comes again", async () => {
  const { post, stored } = ingressUnderTest({ seal: await sealToIntake() });
  expect((await post(body)).json()).toMatchObject({ disposition: "accepted" });
  expect((await post(body)).json()).toMatchObject({ disposition: "duplicate" });
  expect(stored()).toHaveLength(1);
  expect(await opened(stored()[0])).toBe(body);
});

test("a quarantined body is sealed, too: it is as personal as any", async () => {
  const { post, stored } = ingressUnderTest({ seal: await sealToIntake() });
  const unknown = statusChanged({ messageType: "OF_TOMORROW", payload: { note: MARKER } });
  expect((await post(unknown)).statusCode).toBe(202);
  expect(await opened(stored()[0])).toBe(unknown);
});

test("the spool shows nothing of the body, and what is drained wakes its worker with what the spool knows of it", async () => {
  const folder = await spoolFolder();
  const spool = await openTestSpool(folder);
  const { post, state, stored, wakeUps, storage } = ingressUnderTest({ seal: await sealToIntake(), spool });
  state.away = true;
  const { deliveryId } = (await post(body)).json();
  const [file = ""] = await filesIn(folder, ".spool");
  expect((await readFile(file)).includes(deliveryId)).toBe(true);
  expect((await readFile(file)).includes(MARKER)).toBe(false);

  state.away = false;
  storage.start();
  await vi.waitFor(() => expect(stored()).toHaveLength(1), { timeout: 10_000 });
  expect(await opened(stored()[0])).toBe(body);
  await expect.poll(() => wakeUps).toMatchObject([{ queue: "CLIENT_FILE_STATUS_CHANGED", id: deliveryId }]);
  await storage.stop();
});

test("what was spooled plain, with its facts, before there was a key is sealed when it is drained", async () => {
  const spool = await openTestSpool(await spoolFolder());
  const facts = {
    id: "a".repeat(40),
    type: "CLIENT_FILE_STATUS_CHANGED",
    companyId: "123",
    problems: [],
    isMessage: true,
  };
  await spool.append({ ...delivery(body), facts });
  const { stored, storage } = ingressUnderTest({ seal: await sealToIntake(), spool });
  storage.start();
  await vi.waitFor(() => expect(stored()).toHaveLength(1), { timeout: 10_000 });
  expect(await opened(stored()[0])).toBe(body);
  await storage.stop();
});

test("what a version without sealing left in the spool is sealed when it is drained", async () => {
  const folder = await spoolFolder();
  expect(delivery(body).facts).toBeNull(); // as that version kept it
  await leaveBehind(folder, body);
  const { stored, storage } = ingressUnderTest({ seal: await sealToIntake(), spool: await openTestSpool(folder) });
  storage.start();
  await vi.waitFor(() => expect(stored()).toHaveLength(1), { timeout: 10_000 });
  expect(await opened(stored()[0])).toBe(body);
  await storage.stop();
});
