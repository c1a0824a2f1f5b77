import { danaya, inventFile } from "@receiver/testing";
import { expect, test } from "vitest";
import type { Ledger } from "../src/index.ts";
import { bytes, masterKey, openSealedLedger, reveal } from "./open-sealed-ledger.ts";
import { idOf, NOW } from "./open-test-ledger.ts";

const FILES = 60;
const bodies = Array.from({ length: FILES }, (_, index) =>
  danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(`rotated-${index}`)),
);

async function rotate({ sealing }: Ledger, batch: number): Promise<number> {
  let resealed = 0;
  for (let after: string | null = ""; after !== null; ) {
    const page = await sealing.resealDataKeys({ after, limit: batch });
    expect(page.failing).toEqual([]);
    resealed += page.resealed;
    after = page.next;
  }
  for (let after: string | null = ""; after !== null; ) {
    const page = await sealing.wrapBodies({ after, limit: batch }, NOW);
    expect(page.failing).toEqual([]);
    after = page.next;
  }
  return resealed;
}

test("rotating while deliveries are applied loses none: afterwards the new key alone opens every body", async () => {
  const [old, fresh] = [masterKey("old"), masterKey("new")];
  await using t = await openSealedLedger(old);
  for (const body of bodies) await t.receiveSealed(body);
  const [before, both] = [t.ledgerWith(old, fresh), t.ledgerWith(fresh, old)];
  const [first, second] = [bodies.slice(0, FILES / 2), bodies.slice(FILES / 2)];
  for (const body of first) await t.sealed.applyDelivery(idOf(body), NOW);

  // Half of the workers still seal under the old key, as in a rolling restart; all know both.
  const applying = Promise.all(
    [before, both].map(async (ledger, worker) => {
      for (const body of second.filter((_, index) => index % 2 === worker)) await ledger.applyDelivery(idOf(body), NOW);
    }),
  );
  await rotate(both, 7);
  await applying;
  await rotate(both, 7);

  const after = t.ledgerWith(fresh);
  expect(await after.sealing.count()).toEqual({
    dataKeys: [{ masterVersion: "new", count: expect.any(Number) }], // one that was rotated before it was applied has two
    bodies: [{ kind: "data-key", version: null, count: FILES }],
  });
  for (const body of bodies) expect(await reveal(after, body)).toEqual(bytes(body));
});

test("a rotation that was cut short is finished by the next, which finds nothing to do twice", async () => {
  const [old, fresh] = [masterKey("old"), masterKey("new")];
  await using t = await openSealedLedger(old);
  const some = bodies.slice(0, 10);
  for (const body of some) await t.sealed.applyDelivery(await t.receiveSealed(body), NOW);
  const both = t.ledgerWith(fresh, old);
  expect(await both.sealing.resealDataKeys({ after: "", limit: 4 })).toMatchObject({ resealed: 4 }); // and dies
  expect((await both.sealing.count()).dataKeys).toEqual([
    { masterVersion: "new", count: 4 },
    { masterVersion: "old", count: 6 },
  ]);
  expect(await rotate(t.ledgerWith(fresh, old), 4)).toBe(6);
  expect(await rotate(t.ledgerWith(fresh, old), 4)).toBe(0);
  for (const body of some) expect(await reveal(t.ledgerWith(fresh), body)).toEqual(bytes(body));
});

test("what waits under an older intake key, or settled without being wrapped, is wrapped by a rotation too", async () => {
  const [old, fresh] = [masterKey("old"), masterKey("new")];
  await using t = await openSealedLedger(old);
  const [waiting, plain, unreadable] = bodies as [(typeof bodies)[0], (typeof bodies)[0], (typeof bodies)[0]];
  await t.receiveSealed(waiting);
  await t.deliver(plain); // by a worker without keys
  await t.receiveSealed(unreadable);
  await t.rows(
    "update delivery_bodies set body = set_byte(body, 60, 255 - get_byte(body, 60)) where delivery_id = $1",
    [idOf(unreadable)],
  );
  const { sealing } = t.ledgerWith(fresh, old);
  expect(await sealing.wrapBodies({ after: "", limit: 10 }, NOW)).toEqual({
    wrapped: 2,
    failing: [{ deliveryId: idOf(unreadable), code: "BODY_UNREADABLE" }],
    next: null,
  });
  for (const body of [waiting, plain]) expect(await reveal(t.ledgerWith(fresh), body)).toEqual(bytes(body));
  expect(await t.ledgerWith(fresh).applyDelivery(idOf(waiting), NOW)).toMatchObject({ kind: "applied" });
});

test("a data key that can't be opened is named and keeps no other from being rotated", async () => {
  const [old, fresh] = [masterKey("old"), masterKey("new")];
  await using t = await openSealedLedger(old);
  for (const body of bodies.slice(0, 3)) await t.sealed.applyDelivery(await t.receiveSealed(body), NOW);
  const [bad] = await t.rows<{ id: string }>(
    "update data_keys set sealed_key = 'x' where id = (select min(id::text)::uuid from data_keys) returning id",
  );
  const { sealing } = t.ledgerWith(fresh, old);
  const first = await sealing.resealDataKeys({ after: "", limit: 1 });
  expect(first).toEqual({ resealed: 0, failing: [{ keyId: bad?.id, code: "BODY_UNREADABLE" }], next: bad?.id });
  const others = await sealing.resealDataKeys({ after: first.next ?? "", limit: 10 });
  expect(others).toEqual({ resealed: 2, failing: [], next: null });
});

test("a body whose key row is missing is counted as such, because a restore may have left it out", async () => {
  await using t = await openSealedLedger(masterKey("one"));
  for (const body of bodies.slice(0, 2)) await t.sealed.applyDelivery(await t.receiveSealed(body), NOW);
  await t.rows("delete from data_keys where id = (select min(id::text)::uuid from data_keys)");
  expect((await t.sealed.sealing.count()).bodies).toEqual([
    { kind: "data-key", version: null, count: 1 },
    { kind: "key-missing", version: null, count: 1 },
  ]);
});
