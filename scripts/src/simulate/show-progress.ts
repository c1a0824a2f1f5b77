import type { Delivery, Outcome } from "@receiver/simulation";
import cliProgress from "cli-progress";

export type Progress = { answered(delivery: Delivery, outcome: Outcome): void; stop(): void };

/** Up to so many, each answer has a line of its own. */
const LINES_MAX = 25;

/** A line per answer for a few deliveries, a bar for many. The bar is for a terminal: elsewhere it shows nothing. */
export function showProgress(total: number, say: (line: string) => void): Progress {
  return total <= LINES_MAX ? lines(say) : bar(total);
}

function lines(say: (line: string) => void): Progress {
  return {
    answered: ({ name }, { label, latencyMs }) => say(`  ${label.padEnd(16)} ${name} (${latencyMs.toFixed(1)} ms)`),
    stop: () => undefined,
  };
}

function bar(total: number): Progress {
  const format = "  {bar} {percentage}% | {value}/{total} | {eta_formatted} left | {failed} not taken";
  const single = new cliProgress.SingleBar({ format }, cliProgress.Presets.shades_classic);
  let failed = 0;
  single.start(total, 0, { failed });
  return {
    answered: (_delivery, { status }) => {
      if (status === null || status >= 300) failed += 1;
      single.increment(1, { failed });
    },
    stop: () => single.stop(),
  };
}
