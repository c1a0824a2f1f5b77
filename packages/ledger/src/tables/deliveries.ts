import type { Problem } from "@receiver/contracts";
import type { Generated } from "kysely";
import type { Json } from "./column-types.ts";

/**
 * One row per distinct body.
 *
 * States: `pending` (to be applied) → `applied` | `failed` (its attempts are used up, redrive sends it again);
 * `quarantined` (valid JSON that can't be applied) → `pending` once a contract accepts it.
 */
export interface DeliveriesTable {
  id: string;
  company_id: string | null;
  message_type: string | null;
  disposition: "accepted" | "quarantined";
  status: DeliveryStatus;
  received_at: Date;
  last_seen_at: Date;
  sightings: Generated<number>;
  /** Which receipt made this row. Null: one of an older version. */
  first_receipt: Generated<string | null>;
  epoch: Generated<number>;
  attempts: Generated<number>;
  problems: Json<Problem[]>;
  error_code: string | null;
  error_frames: string | null;
  settled_at: Date | null;
  quarantine_told: Generated<boolean>;
}

export type DeliveryStatus = "pending" | "applied" | "failed" | "quarantined";

export interface DeliveryBodiesTable {
  delivery_id: string;
  /** Plain bytes or an envelope, which says by its first bytes what opens it. Empty when it came after its key was destroyed. */
  body: Buffer;
  /** Null: plain, or sealed to the intake. */
  data_key_id: Generated<string | null>;
}

/**
 * One key per owner: the id that an event belongs to (its number where it bears one, its uuid otherwise), or a delivery that
 * belongs to no file. Not the row of the file: rows merge and part, and the id of an event is always the same, so that a file's
 * bodies are exactly those under the keys of the ids it holds.
 *
 * States: sealed under a master key → destroyed, for ever. A destroyed one keeps its row, also where there was none before: it
 * says that what comes later about this id is not to be kept either.
 */
export interface DataKeysTable {
  id: string;
  company_id: string | null;
  home_space: "uuid" | "number" | null;
  home_id: string | null;
  delivery_id: string | null;
  sealed_key: Buffer | null;
  master_version: string | null;
  created_at: Date;
  destroyed_at: Date | null;
  /** Null also where a key was destroyed before this was recorded. */
  destroyed_by: Generated<string | null>;
}

/** A row per receipt but the first. */
export interface DeliverySightingsTable {
  delivery_id: string;
  seen_at: Date;
  receipt: Generated<string | null>;
}

/** The facts of a delivery that are not personal. They outlive the erasure of its body. */
export interface EventsTable {
  id: string;
  delivery_id: string | null;
  company_id: string;
  source: string;
  occurred_at: Date;
  file_uuid: string | null;
  file_number: string | null;
  external_id: string | null;
  file_created_at: Date | null;
  /** Of the extraction that read the facts. A newer one replaces them, an older one leaves them as they are. */
  version: number;
  facts: Json<unknown>;
  recorded_at: Generated<Date>;
}
