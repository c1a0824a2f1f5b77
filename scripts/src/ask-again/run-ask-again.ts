import type { DanayaApi } from "@receiver/danaya-api";
import type { Ledger } from "@receiver/ledger";
import type { Verdict } from "./ask-file.ts";
import { askFiles, openFiles } from "./ask-files.ts";
import { unaskable } from "./dry-run.ts";
import type { Selection } from "./options.ts";
import { createPace, waitUntil } from "./pace.ts";
import { showProgress } from "./show-progress.ts";
import { allKnown, summarise } from "./summarise.ts";

type Tools = {
  ledger: Pick<Ledger, "expectSchema" | "lookUps">;
  api: Pick<DanayaApi, "lookUp">;
  interrupted: AbortSignal;
  say(line: string): void;
};

type By = { by: string; reason: string };

const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C

/**
 * One run. What it writes asks for jobs like any event does; the sweeper publishes them.
 * @returns the exit code
 * @throws ReceiverError DATABASE_UNAVAILABLE, SCHEMA_BEHIND, SCHEMA_AHEAD: what was answered before is kept
 */
export async function runAskAgain({ ledger, api, interrupted, say }: Tools, options: Selection & By): Promise<number> {
  await ledger.expectSchema();
  const startedAt = new Date();
  const { company, since, askedBefore = startedAt } = options;
  const filter = { companyId: company, since, askedBefore };
  const { byState, withoutUuid } = await ledger.lookUps.count(filter);
  const planned = byState.reduce((sum, { files }) => sum + files, 0);
  const target = company === undefined ? `${planned} open files` : `${planned} open files of company ${company}`;
  await ledger.lookUps.audit({ actor: options.by, target, reason: options.reason });
  say(`asking about ${planned} open files, ${options.rate} per second at most; begun at ${startedAt.toISOString()}`);

  const wait = waitUntil(interrupted);
  const pace = createPace(options.rate, wait);
  const progress = showProgress(planned, say);
  const verdicts: Verdict[] = [];
  const begunAt = performance.now();
  const asking = askFiles(openFiles(ledger, filter), { api, ledger, ...pace, wait, interrupted }, (file, verdict) => {
    verdicts.push(verdict);
    progress.told(file, verdict);
  });
  const end = await asking.finally(progress.stop);

  say(`\n${summarise({ planned, startedAt: askedBefore, elapsedMs: performance.now() - begunAt, verdicts, end })}`);
  if (withoutUuid > 0) say(unaskable(withoutUuid));
  if (end === "interrupted") return EXIT_INTERRUPTED;
  return allKnown(verdicts, end) ? 0 : 1;
}
