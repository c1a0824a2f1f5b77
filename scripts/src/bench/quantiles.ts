import { quantile } from "../command-line/quantile.ts";

/** Milliseconds. */
export type Quantiles = { p50: number; p99: number; max: number };

export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) };
}
