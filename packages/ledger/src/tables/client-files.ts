import type { ClientFileView } from "@receiver/client-file";
import type { FollowUp } from "@receiver/contracts";
import type { Generated } from "kysely";
import type { Json, LinkColumns } from "./column-types.ts";

/**
 * One row per id that ever opened a file (`home`). A row holds one uuid and one number at most.
 * A row that was merged holds neither and names the row that holds them.
 */
export interface ClientFilesTable {
  id: string;
  company_id: string;
  home_space: "uuid" | "number";
  home_id: string;
  file_uuid: string | null;
  file_number: string | null;
  merged_into: string | null;
  links_contradicted: Generated<boolean>;
  escalated_by_clock: Generated<boolean>;
  external_id: string | null;
  state: string;
  /** What subscribers may hear of. Null where an older version wrote it: the state. */
  released_state: Generated<string | null>;
  flags: string[];
  version: Generated<number>;
  opened_at: Date;
  last_event_at: Date;
  /** When we last learned something of it, by our clock. Null where an older version wrote it. */
  heard_at: Generated<Date | null>;
  /** By an operator: nobody waits for its next step. */
  given_up: Generated<boolean>;
  view: Json<ClientFileView | null>;
  /** Folded from the events as a customer may know them. */
  customer_view: Json<ClientFileView | null>;
}

/**
 * What the bank says of a file, kept by the ids that the file holds, not by its row: where two files merge, what was said of
 * either holds for both, and where they part again each keeps it.
 */
export interface FileRetentionTable {
  company_id: string;
  space: "uuid" | "number";
  id: string;
  /** Set together: a legal hold. */
  held_at: Date | null;
  held_by: string | null;
  hold_reason: string | null;
  relationship_closed_at: Date | null;
}

/** Append-only and chained by hash, per file: what was learned, in the order in which it was learned. A new column is nullable without a default. */
export interface TransitionsTable extends LinkColumns {
  id: Generated<string>;
  client_file_id: string;
  version: number;
  from_state: string;
  to_state: string;
  occurred_at: Date;
  recorded_at: Date;
  cause: string;
  reversal: boolean;
}

/** Timers of a retry counter. States: `pending` → `done` | `cancelled`. */
export interface FollowUpsTable {
  id: string;
  client_file_id: string;
  document_id: string;
  verification: string;
  /** The file's own: what it carried over from files that it supersedes is not in it. */
  attempt: number;
  kind: FollowUp;
  due_at: Date;
  status: "pending" | "done" | "cancelled";
  epoch: Generated<number>;
}

/**
 * What is to be told of a document that runs out. States: `pending` → `done`, also where a more urgent one was told in its stead |
 * `cancelled`, when another day is read on it; pending again with the former day. Kept by the number, which every event of such a document bears: files that merge and
 * part need not hand it over.
 */
export interface DocumentNoticesTable {
  company_id: string;
  file_number: string;
  document_id: string;
  /** A day, `2026-12-20`. */
  expires_on: string;
  /** How many days are left. */
  threshold: number;
  due_at: Date;
  status: Generated<"pending" | "done" | "cancelled">;
}

export interface StatusMapsTable {
  version: Generated<number>;
  entries: Json<Record<string, string>>;
  created_at: Generated<Date>;
  created_by: string;
  reason: string;
}
