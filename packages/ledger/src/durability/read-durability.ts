import { sql } from "kysely";
import type { LedgerDatabase } from "../transaction.ts";
import { type DurabilityFacts, type Weakness, weaknessesIn } from "./weaknesses.ts";

/** What may lose a commit of ours; empty when nothing known does. Any role may ask. */
export async function readWeaknesses(db: LedgerDatabase): Promise<Weakness[]> {
  const { rows } = await sql<DurabilityFacts>`
    select current_setting('fsync') as fsync,
      current_setting('full_page_writes') as "fullPageWrites",
      current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('synchronous_standby_names') as "synchronousStandbyNames",
      pg_is_in_recovery() as "inRecovery",
      -- A base backup under way is no standby. Without pg_read_all_stats a row is there, but its columns are null.
      array(select sync_state from pg_stat_replication where state is distinct from 'backup') as standbys`.execute(db);
  return weaknessesIn(rows[0] as DurabilityFacts);
}
