import type { Query } from "./start-services.ts";

/**
 * Writes down each time that a delivery becomes applied, or is settled as applied once more, and each time that it ceases to
 * be. In the product's own transaction, so that what is rolled back was not seen either; a repeat that the ingress counts
 * settles nothing.
 */
const statements = [
  "create table chaos_witness (delivery_id text not null, was text not null, became text not null)",
  `create function chaos_bear_witness() returns trigger language plpgsql as $$
    begin
      insert into chaos_witness values (new.id, old.status, new.status);
      return null;
    end $$`,
  `create trigger chaos_witness after update on deliveries for each row
    when (
      (new.status = 'applied' or old.status = 'applied')
      and (new.status, new.settled_at) is distinct from (old.status, old.settled_at)
    )
    execute function chaos_bear_witness()`,
];

export async function installWitness(query: Query): Promise<void> {
  for (const statement of statements) await query(statement);
}
