import { cpus, totalmem, type } from "node:os";
import { alignColumns } from "../command-line/align-columns.ts";
import type { Flood } from "./flood.ts";
import type { BenchOptions } from "./options.ts";
import type { Quantiles } from "./quantiles.ts";
import type { BenchReport } from "./run-bench.ts";

const GIB = 1_024 ** 3;

/** What the figures are true of. */
export function describeMachine(servers: string): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / GIB);
  return `${cpus().length} × ${cpu?.model ?? "unknown"}, ${gib} GiB, ${type()}, Node ${process.version}, ${servers}`;
}

export const hasFailed = ({ answers, wholeWay, catchingUp }: BenchReport): boolean =>
  [answers.bare.failed, answers.ingress.failed, answers.lost, wholeWay.failed, wholeWay.lost].some((n) => n > 0) ||
  catchingUp.failed > 0 ||
  catchingUp.lost > 0;

/** The figures as tables, in milliseconds. */
export function describeBench(report: BenchReport, options: BenchOptions, machine: string): string[] {
  const { answers, wholeWay, catchingUp } = report;
  const share = Math.round((100 * answers.ingress.perSecond) / answers.bare.perSecond);
  return [
    "",
    `On ${machine}; the load shares it.`,
    "",
    `Answers: ${options.connections} connections, the middle of 3 rounds of ${options.seconds} s`,
    ...alignColumns([
      ["", "per second", "p50", "p99", "max", "not 2xx"],
      ["a bare server", ...floodRow(answers.bare)],
      ["the ingress, stored", ...floodRow(answers.ingress)],
    ]),
    `  The ingress: ${share} % of the bare server. Answered 2xx and not in the ledger: ${answers.lost}.`,
    "",
    `Whole way: ${wholeWay.deliveries} deliveries at ${options.rate} a second`,
    ...alignColumns([
      ["", "p50", "p99", "max"],
      ["posted to answered", ...quantileRow(wholeWay.answered)],
      ["received to applied", ...quantileRow(wholeWay.applied)],
      ["applied to told", ...quantileRow(wholeWay.told)],
    ]),
    `  ${wholeWay.notifications} notifications. Not answered 2xx: ${wholeWay.failed}. Not applied, or not told: ${wholeWay.lost}.`,
    "",
    `Catching up: ${catchingUp.deliveries} deliveries of ${catchingUp.files} files`,
    `  ${Math.round(catchingUp.perSecond)} applied a second. Not answered 2xx: ${catchingUp.failed}. Not applied: ${catchingUp.lost}.`,
  ];
}

const floodRow = (load: Flood): string[] => [
  String(Math.round(load.perSecond)),
  ...quantileRow(load),
  String(load.failed),
];
const quantileRow = ({ p50, p99, max }: Quantiles): string[] => [p50, p99, max].map((ms) => ms.toFixed(1));
