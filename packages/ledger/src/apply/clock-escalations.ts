import type { ClockEscalation } from "@receiver/client-file";
import { sql } from "kysely";

/**
 * The attempts of a file's retries that their timers found open for too long: a column of a query of `client_files`, which spares another
 * one. `escalated_by_clock` says less, and is written for processes of an older version alone.
 */
export const clockEscalations = sql<ClockEscalation[]>`(
  select coalesce(json_agg(json_build_object('documentId', document_id, 'verification', verification, 'attempt', attempt)), '[]')
  from follow_ups where client_file_id = client_files.id and kind = 'escalation' and status = 'done'
)`.as("clock_escalations");
