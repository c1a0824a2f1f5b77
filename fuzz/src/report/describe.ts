import { judgeMemory, type MemorySample } from "../judge/judge-memory.ts";
import { hasFailed, type KindTally, type RunReport } from "./run-report.ts";

const SHOWN = 10;
const MIB = 1_024 * 1_024;

/** All that is to be said of a run. `logs`: where the processes' output is, if it was kept. */
export function describeRun(report: RunReport, logs: string | null): string {
  const { seed, bodies, seconds, sendingSeconds, kinds, findings, checks, ledger } = report;
  return [
    "",
    ...columns(answersTable(kinds)),
    "",
    ...columns(memoryTable(report.memory)),
    "",
    `${bodies} inputs sent in ${sendingSeconds.toFixed(0)} s, settled and checked in ${seconds.toFixed(0)} s`,
    `${ledger.deliveries} deliveries in the ledger, ${ledger.messages} of them messages, of ${ledger.files} client files`,
    ...shown("answers: every answer is one that the contract allows for its input", findings.map(findingLine)),
    ...checks.flatMap(({ name, holds, offenders }) => shown(`${name}: ${holds}`, offenders)),
    ...(logs === null ? [] : [`what the processes said: ${logs}`]),
    hasFailed(report)
      ? `FAILED: --seed ${seed} --bodies ${bodies} sends the same again, --only <number> one of them`
      : `held: seed ${seed}`,
  ].join("\n");
}

const findingLine = ({ index, kind, what, wrong }: RunReport["findings"][number]): string =>
  `number ${index} (${kind}, ${what}): ${wrong}`;

function shown(title: string, offenders: readonly string[]): string[] {
  if (offenders.length === 0) return [`ok   ${title}`];
  const rest = offenders.length - SHOWN;
  const lines = offenders.slice(0, SHOWN).map((offender) => `       ${offender}`);
  return [`FAIL ${title}, but for ${offenders.length}`, ...lines, ...(rest > 0 ? [`       and ${rest} more`] : [])];
}

/** One row per kind of input, one column per status that any of them got. */
function answersTable(kinds: readonly KindTally[]): string[][] {
  const labels = [...new Set(kinds.flatMap(({ answers }) => Object.keys(answers)))].sort();
  const row = (name: string, own: readonly KindTally[]) => [
    name,
    String(sum(own.map(({ sent }) => sent))),
    ...labels.map((label) => String(sum(own.map(({ answers }) => answers[label] ?? 0)))),
    `${Math.max(0, ...own.map(({ slowestMs }) => slowestMs)).toFixed(0)} ms`,
  ];
  return [
    ["input", "sent", ...labels, "slowest"],
    ...kinds.map((tally) => row(tally.kind, [tally])),
    row("all", kinds),
  ];
}

function memoryTable(memory: ReadonlyMap<string, readonly MemorySample[]>): string[][] {
  const mib = (bytes: number | undefined) => (bytes === undefined ? "–" : (bytes / MIB).toFixed(0));
  const rows = [...memory].map(([name, samples]) => {
    const { kind, heapGrowth, rssGrowth } = judgeMemory(samples);
    const peak = samples.reduce((most, { rss }) => Math.max(most, rss), 0);
    return [name, mib(samples[0]?.rss), mib(peak), mib(samples.at(-1)?.rss), mib(heapGrowth), mib(rssGrowth), kind];
  });
  return [["MiB", "first", "most", "last", "heap's floor", "resident's floor", "memory"], ...rows];
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => `  ${row.map(align).join("   ")}`.trimEnd());
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
