import type { Answer, DanayaApi } from "@receiver/danaya-api";
import type { Ledger, LookUpOutcome, OpenFile } from "@receiver/ledger";
import type { Wait } from "./pace.ts";

/** What came of one file. `unanswered` are those that have to be asked once more; `label` is the row of the summary. */
export type Verdict = { label: string; unanswered: boolean; kind: "known" | Answer["kind"] };

export type AskTools = {
  api: Pick<DanayaApi, "lookUp">;
  ledger: { lookUps: Pick<Ledger["lookUps"], "record"> };
  /** Before every question, also when it is put once more. */
  turn(): Promise<void>;
  wait: Wait;
  interrupted: AbortSignal;
};

/** A busy API is asked about the same file so often. */
const TRIES_WHEN_BUSY = 5;
/** Where it does not say how long it wants to be left alone; doubled each time. */
const BUSY_PAUSE_MS = 5_000;
/** Whoever wants to be left alone for longer is asked by the next run. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * @returns null when it was interrupted before there was an answer
 * @throws ReceiverError DATABASE_UNAVAILABLE, DATABASE_CONTENTION
 */
export async function askFile(file: OpenFile, tools: AskTools): Promise<Verdict | null> {
  const answer = await askUntilHeard(file, tools);
  if (answer === null) return null;
  if (answer.kind !== "answered") return verdicts[answer.kind];
  const { companyId, fileUuid } = file;
  const { askedAt, body } = answer;
  const outcome = await tools.ledger.lookUps.record({ companyId, fileUuid, askedAt, body }, new Date());
  return outcome.kind === "unreadable"
    ? verdicts.unusable
    : { label: changeIn(outcome), unanswered: false, kind: "known" };
}

const verdicts: Record<Exclude<Answer["kind"], "answered">, Verdict> = {
  "not-found": { label: "not found (404)", unanswered: false, kind: "not-found" },
  refused: { label: "refused (401, 403)", unanswered: true, kind: "refused" },
  busy: { label: "busy (429, 503)", unanswered: true, kind: "busy" },
  forbidden: { label: "not asked: no public address", unanswered: true, kind: "forbidden" },
  unreachable: { label: "unreachable", unanswered: true, kind: "unreachable" },
  declined: { label: "declined (4xx)", unanswered: false, kind: "declined" },
  unusable: { label: "unreadable answer", unanswered: true, kind: "unusable" },
};

async function askUntilHeard(file: OpenFile, { api, turn, wait, interrupted }: AskTools): Promise<Answer | null> {
  for (let tries = 1; ; tries += 1) {
    await turn();
    if (interrupted.aborted) return null;
    const answer = await api.lookUp(file.fileUuid, interrupted);
    if (interrupted.aborted && answer.kind !== "answered") return null;
    if (answer.kind !== "busy" || tries === TRIES_WHEN_BUSY) return answer;
    const pauseMs = answer.retryAfterMs ?? BUSY_PAUSE_MS * 2 ** (tries - 1);
    if (pauseMs > LONGEST_PAUSE_MS) return answer;
    await wait(pauseMs);
  }
}

/** More than one file changes when an answer ties two together, or unties them: the one that moved counts. */
function changeIn({ changes }: Extract<LookUpOutcome, { kind: "recorded" }>): string {
  const moved = changes.find(({ state }) => state.before !== null && state.before !== state.after);
  if (moved) return `${moved.state.before} → ${moved.state.after}`;
  return changes.some(({ changed }) => changed) ? "flags or counters changed" : "agreed";
}
