import type { Query } from "./start-services.ts";

/**
 * Writes down who took part in which transaction: the file that changed, the delivery that was settled, the timer that fired. In
 * the product's own transaction, so that what is rolled back was not seen either.
 */
const statements = [
  "create table fuzz_witness (kind text not null, subject text not null, transaction xid8 not null)",
  "create index on fuzz_witness (transaction, kind)",
  `create function fuzz_bear_witness() returns trigger language plpgsql as $$
    begin
      insert into fuzz_witness values (tg_argv[0], new.id, pg_current_xact_id());
      return null;
    end $$`,
  ...Object.entries({
    file: "after insert or update on client_files",
    delivery: "after update of status on deliveries",
    timer: "after update of status on follow_ups",
  }).map(
    ([kind, when]) => `create trigger fuzz_witness ${when} for each row execute function fuzz_bear_witness('${kind}')`,
  ),
];

export async function installWitness(query: Query): Promise<void> {
  for (const statement of statements) await query(statement);
}
