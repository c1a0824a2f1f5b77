import { alignColumns } from "../command-line/align-columns.ts";
import type { Verdict } from "./ask-file.ts";
import type { RunEnd } from "./ask-files.ts";

export type Run = { planned: number; startedAt: Date; elapsedMs: number; verdicts: readonly Verdict[]; end: RunEnd };

const whatToDo: Record<Exclude<RunEnd, "done">, string> = {
  interrupted: "interrupted",
  refused: "stopped: Danaya refuses the credentials; mend DANAYA_API_KEY and DANAYA_API_SECRET, or DANAYA_API_URL",
  forbidden:
    "stopped: DANAYA_API_URL leads to an address that is not public; mend it, or add its network to OUTGOING_ALLOW",
  busy: "stopped: the API stays busy; go on later, or with a lower --rate",
  away: "stopped: the API can't be reached; look at DANAYA_API_URL and the way out of this machine",
};

/** A table of what came of the files, and what to do about those that are left. */
export function summarise({ planned, startedAt, elapsedMs, verdicts, end }: Run): string {
  const byLabel = Map.groupBy(verdicts, ({ label }) => label);
  const rows = [...byLabel].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, same]) => [label, String(same.length)]);
  const goOn = `the rest: the same command with --asked-before ${startedAt.toISOString()}`;
  return [
    `asked about ${verdicts.length} of ${planned} open files in ${(elapsedMs / 1_000).toFixed(1)} s`,
    "",
    ...alignColumns([["what Danaya said", "files"], ...rows]),
    ...(end === "done" ? [] : ["", whatToDo[end]]),
    ...(allKnown(verdicts, end) ? [] : [goOn]),
  ].join("\n");
}

/** Whether nothing is left to ask. */
export const allKnown = (verdicts: readonly Verdict[], end: RunEnd): boolean =>
  end === "done" && verdicts.every(({ unanswered }) => !unanswered);
