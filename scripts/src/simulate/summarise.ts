import type { Outcome } from "@receiver/simulation";
import { alignColumns } from "../command-line/align-columns.ts";
import { quantile } from "../command-line/quantile.ts";

export type Run = { planned: number; elapsedMs: number; outcomes: readonly Outcome[] };

const quantiles = [0.5, 0.95, 0.99, 1] as const;
const header = ["answer", "count", "p50 ms", "p95 ms", "p99 ms", "max ms"];

/** A table of answers with their latencies, one row per status and disposition or code. */
export function summarise({ planned, elapsedMs, outcomes }: Run): string {
  const seconds = elapsedMs / 1_000;
  const rate = outcomes.length / Math.max(seconds, 0.001);
  const byLabel = Object.groupBy(outcomes, ({ label }) => label);
  const rows = Object.entries(byLabel)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, group = []]) => rowOf(label, group));
  const all = rows.length > 1 ? [rowOf("all", outcomes)] : [];
  const hint = outcomes.some(({ status }) => status === 401)
    ? ["", "401: the ingress doesn't know this token; see --token"]
    : [];
  return [
    `sent ${outcomes.length} of ${planned} in ${seconds.toFixed(1)} s (${rate.toFixed(1)}/s)`,
    "",
    ...alignColumns([header, ...rows, ...all]),
    ...hint,
  ].join("\n");
}

/** Whether each was answered 2xx. */
export function allTaken(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(isTaken);
}

export const isTaken = ({ status }: Pick<Outcome, "status">): boolean =>
  status !== null && status >= 200 && status < 300;

function rowOf(label: string, outcomes: readonly Outcome[]): string[] {
  const latencies = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return [label, String(outcomes.length), ...quantiles.map((share) => quantile(latencies, share).toFixed(1))];
}
