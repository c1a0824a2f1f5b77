import type { OpenFile } from "@receiver/ledger";
import cliProgress from "cli-progress";
import type { Verdict } from "./ask-file.ts";

export type Progress = { told(file: OpenFile, verdict: Verdict): void; stop(): void };

/** Up to so many, each file has a line of its own. */
const LINES_MAX = 25;

/** A line per file for a few, a bar for many. A file is named by our id: the uuid opens it at Danaya's. */
export function showProgress(total: number, say: (line: string) => void): Progress {
  if (total <= LINES_MAX) {
    return { told: ({ clientFileId }, { label }) => say(`  ${clientFileId} ${label}`), stop: () => undefined };
  }
  const format = "  {bar} {percentage}% | {value}/{total} | {eta_formatted} left | {open} not answered";
  const bar = new cliProgress.SingleBar({ format }, cliProgress.Presets.shades_classic);
  let open = 0;
  bar.start(total, 0, { open });
  return {
    told: (_file, { unanswered }) => {
      if (unanswered) open += 1;
      bar.increment(1, { open });
    },
    stop: () => bar.stop(),
  };
}
