import { queryPostgres } from "@receiver/local-services";
import { createDatabase, type TestDatabase } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ledgerChecks } from "../src/judge/check-ledger.ts";
import { type Stored, storedAs } from "../src/judge/stored.ts";
import type { Query } from "../src/world/start-services.ts";
import { installWitness } from "../src/world/witness.ts";

let database: TestDatabase;
let query: Query;
beforeAll(async () => {
  database = await createDatabase();
  query = async <Row>(sql: string, values?: unknown[]) => (await queryPostgres(database.url, sql, values)) as Row[];
  await installWitness(query);
});
afterAll(() => database.drop());

const body = Buffer.from('{"companyId":1}');
const { id, digest } = storedAs(body);
const file = "00000000-0000-4000-8000-000000000001";

/** One transaction, as a product would write it that changes a file by this delivery. */
const applied = `
  with delivery as (
    insert into deliveries (id, disposition, status, received_at, last_seen_at, problems)
    values ('${id}', 'accepted', 'pending', now(), now(), '[]')
  ), body as (
    insert into delivery_bodies (delivery_id, body) values ('${id}', '\\x${body.toString("hex")}')
  )
  insert into client_files (id, company_id, home_space, home_id, file_number, state, flags, opened_at, last_event_at, view, customer_view)
  values ('${file}', '1', 'number', '1', '1', 'APPROVED', '{}', now(), now(), 'null', 'null')`;

const offenders = async (stored: Stored[]) => {
  const evidence = { query, stored: new Map(stored.map((one) => [one.id, one])) };
  const results = Object.entries(ledgerChecks).map(async ([name, { check }]) => [name, await check(evidence)] as const);
  return Object.fromEntries(await Promise.all(results));
};

test("checks that can't fail check nothing: each finds what is planted for it", async () => {
  const nothing = { lost: [], invented: [], settled: [], events: [], changes: [] };
  expect(await offenders([])).toEqual(nothing);
  expect(await offenders([{ id, digest, isMessage: true }])).toEqual({ ...nothing, lost: [id] });

  await query(applied);
  const changes = [`file ${file} by nobody`];
  expect(await offenders([])).toMatchObject({ invented: [id], changes });
  expect(await offenders([{ id, digest: "another", isMessage: true }])).toMatchObject({
    lost: [id],
    settled: [`${id}: pending , not applied`],
  });

  await query(
    `with settled as (update deliveries set status = 'applied' where id = $1)
      update client_files set state = 'REJECTED' where id = $2`,
    [id, file],
  );
  const events = `insert into events (id, delivery_id, company_id, source, occurred_at, file_number, version, facts)
    values ('e', $1, '1', 'STATUS', now(), '1', 1, '{}')`;
  await query(events, [id]);
  const refusedBody = await offenders([{ id, digest, isMessage: false }]);
  expect(refusedBody).toMatchObject({ events: [id], changes: [...changes, `file ${file} by ${id}`] });
  expect(await offenders([{ id, digest, isMessage: true }])).toEqual({ ...nothing, changes });
});

test.each([
  ["a retry's timer", "update follow_ups set status = 'done'"],
  ["a document's notice", "update document_notices set status = 'done'"],
])("a change in the transaction of %s is the clock's, which asks nobody", async (_what, fires) => {
  await query(
    `insert into follow_ups (id, client_file_id, document_id, verification, attempt, kind, due_at, status)
    values (gen_random_uuid(), $1, '1', 'FACE_MATCH', 1, 'ask', now(), 'pending') on conflict do nothing`,
    [file],
  );
  await query(
    `insert into document_notices (company_id, file_number, document_id, expires_on, threshold, due_at)
    values ('1', '1', '1', '2026-01-01', 30, now()) on conflict do nothing`,
  );
  const before = (await offenders([])).changes;
  await query(`with fired as (${fires}) update client_files set flags = array['escalated'] where id = $1`, [file]);
  expect((await offenders([])).changes).toEqual(before);
});
