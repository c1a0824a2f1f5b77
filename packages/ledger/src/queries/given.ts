import type { Expression, SqlBool } from "kysely";

/** The condition of a filter, unless the filter was left out. */
export function given<Value>(
  value: Value | undefined,
  condition: (value: Value) => Expression<SqlBool>,
): Expression<SqlBool>[] {
  return value === undefined ? [] : [condition(value)];
}
