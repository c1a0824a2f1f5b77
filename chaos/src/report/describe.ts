import { hasFailed, type RunReport } from "./run-report.ts";
import { plainTable } from "./tables.ts";

const OFFENDERS_SHOWN = 5;

/** All that is to be said of one run. */
export function describeRun(report: RunReport): string {
  const { seed, seconds, requests, answered, notAnswered, kinds, checks, logs } = report;
  const silent = Object.entries(notAnswered).map(([reason, count]) => `${count} × ${reason}`);
  return [
    "",
    plainTable(kinds),
    "",
    `${requests} requests in ${seconds.toFixed(0)} s, ${answered} deliveries answered`,
    `not answered, and posted again: ${silent.length === 0 ? "none" : silent.join(", ")}`,
    ...checks.flatMap(({ name, holds, offenders }) => [
      `${offenders.length === 0 ? "ok  " : "FAIL"} ${name}: ${holds}${offenders.length === 0 ? "" : `, but for ${offenders.length}`}`,
      ...offenders.slice(0, OFFENDERS_SHOWN).map((offender) => `       ${offender}`),
    ]),
    ...(logs === null ? [] : [`what the processes said: ${logs}`]),
    hasFailed(report) ? `FAILED: --seed ${seed} plans the same again` : `held: seed ${seed}`,
  ].join("\n");
}
