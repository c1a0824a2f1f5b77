/** Danaya's times are to the second; finer digits are chance, and must not decide an order or unsettle a link. */
export function truncateToSecond<T extends number | null>(ms: T): T {
  return (ms === null ? null : Math.floor(ms / 1000) * 1000) as T;
}
