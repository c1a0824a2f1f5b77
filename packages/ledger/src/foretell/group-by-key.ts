/** `keys`: what ties it to others. */
type Keyed = { keys: readonly string[] };

/**
 * Parts items so that two that share a key, or each share one with a third, are together. Groups stand in the order of their first
 * items, and hold theirs in the order given.
 */
export function groupByKey<T extends Keyed>(items: readonly T[]): T[][] {
  const leaderOf = new Map<string, string>();
  const leader = (key: string): string => {
    let at = key;
    for (let next = leaderOf.get(at); next !== undefined && next !== at; next = leaderOf.get(at)) at = next;
    leaderOf.set(key, at); // shortens the way for the next one
    return at;
  };
  for (const { keys } of items) {
    const [first, ...others] = keys.map(leader);
    for (const other of others) leaderOf.set(leader(other), leader(first as string));
  }
  return [...Map.groupBy(items, ({ keys }) => (keys[0] === undefined ? null : leader(keys[0]))).values()];
}
