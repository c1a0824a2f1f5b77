/**
 * The text that empties tables and all that refer to them, the append-only ones too: tests that share a database begin anew
 * where production may not. Sent without parameters, its two statements are one transaction.
 */
export const forgetRows = (...tables: string[]): string =>
  `set local session_replication_role = replica; truncate ${tables.join(", ")} cascade`;
