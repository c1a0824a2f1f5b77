import type { Query } from "./start-services.ts";

/**
 * Writes down who took part in which transaction: the file that changed, the delivery that was settled, the timer or notice that fired. In
 * the product's own transaction, so that what is rolled back was not seen either.
 */
const statements = [
  "create table fuzz_witness (kind text not null, subject text not null, transaction xid8 not null)",
  "create index on fuzz_witness (transaction, kind)",
  `create function fuzz_bear_witness() returns trigger language plpgsql as $$
    begin
      insert into fuzz_witness values (tg_argv[0], to_jsonb(new) ->> tg_argv[1], pg_current_xact_id());
      return null;
    end $$`,
  ...[
    { kind: "file", id: "id", when: "after insert or update on client_files" },
    { kind: "delivery", id: "id", when: "after update of status on deliveries" },
    { kind: "timer", id: "id", when: "after update of status on follow_ups" },
    { kind: "timer", id: "document_id", when: "after update of status on document_notices" },
  ].map(
    ({ kind, id, when }) =>
      `create trigger fuzz_witness ${when} for each row execute function fuzz_bear_witness('${kind}', '${id}')`,
  ),
];

export async function installWitness(query: Query): Promise<void> {
  for (const statement of statements) await query(statement);
}
