import type { ColumnType } from "kysely";

/** A jsonb column: read as a value, written as its JSON text. */
export type Json<T> = ColumnType<T, string, string>;

/** Written by the database alone: docs/audit.md. Null in a row that was slipped in beside its triggers. */
export interface LinkColumns {
  position: ColumnType<string | null, never, never>;
  previous_hash: ColumnType<Buffer | null, never, never>;
  hash: ColumnType<Buffer | null, never, never>;
}
