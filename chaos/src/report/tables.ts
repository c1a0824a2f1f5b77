import type { KindTally } from "./run-report.ts";

const header = ["fault", "times", "in flight", "most", "lost", "duplicated", "heals in s", "slowest"];

/** In columns, for a terminal. The first to the left, numbers to the right. */
export function plainTable(kinds: readonly KindTally[]): string {
  const rows = [header, ...rowsOf(kinds)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => `  ${row.map(align).join("   ")}`.trimEnd()).join("\n");
}

export function markdownTable(kinds: readonly KindTally[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(header), line(rule), ...rowsOf(kinds).map(line)].join("\n");
}

function rowsOf(kinds: readonly KindTally[]): string[][] {
  const total: KindTally = {
    kind: "all" as KindTally["kind"],
    times: kinds.reduce((sum, { times }) => sum + times, 0),
    inFlight: kinds.flatMap(({ inFlight }) => inFlight),
    lost: kinds.reduce((sum, { lost }) => sum + lost, 0),
    duplicated: kinds.reduce((sum, { duplicated }) => sum + duplicated, 0),
    healMs: kinds.flatMap(({ healMs }) => healMs),
  };
  return [...kinds, total].map((tally) => [
    tally.kind,
    String(tally.times),
    String(tally.inFlight.reduce((sum, count) => sum + count, 0)),
    String(Math.max(0, ...tally.inFlight)),
    String(tally.lost),
    String(tally.duplicated),
    seconds(median(tally.healMs)),
    tally.healMs.length < tally.times ? "never" : seconds(Math.max(0, ...tally.healMs)),
  ]);
}

/** NaN of none. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

const seconds = (ms: number): string => (Number.isNaN(ms) ? "–" : (ms / 1_000).toFixed(1));
