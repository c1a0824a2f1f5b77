import type { Answer } from "@receiver/danaya-api";
import type { LookUpOutcome, LookUpTurn, Trouble } from "@receiver/ledger";
import { toReceiverError } from "@receiver/runtime";
import type { AskSettings, AskTools } from "./ask-tools.ts";

type Recorded = Extract<LookUpOutcome, { kind: "recorded" }>;
type Unanswered = Exclude<Answer["kind"], "answered" | "not-found" | "declined"> | "unreadable";

/** A file that is answered so often in a row with nothing that says anything of it, within some ten minutes, takes the step for it. */
const ENOUGH = 5;

/** Asks about one file, once, and has the ledger know what came of it. What fails comes back when its lease has run out. */
export function createAskOne(tools: AskTools, { gate }: AskSettings): (turn: LookUpTurn) => Promise<void> {
  const { ledger, api, tell, logger, now, stopping } = tools;
  const count = countersIn(tools);

  const isWell = async () => {
    if (await ledger.lookUps.openGate(now())) logger.info({ event: "danaya-answers-again" });
  };
  const heard = async (turn: LookUpTurn) => {
    await isWell();
    await settle(turn);
  };
  const settle = async (turn: LookUpTurn) => {
    const { exhausted, clientFileId } = await ledger.lookUps.settle(turn, { now: now() });
    if (!exhausted) return;
    count.exhausted({ kind: turn.question });
    logger.warn({ event: "look-ups-exhausted", clientFileId, kind: turn.question });
  };
  /** The API is well, so the other files' questions go on; this one comes to the end of its table, and is told of there. */
  const unclear = async (turn: LookUpTurn) => {
    await isWell();
    if ((await ledger.lookUps.postpone(turn, now())) >= ENOUGH) await settle(turn);
  };
  const unheard = async (turn: LookUpTurn, kind: Unanswered, trouble: Trouble) => {
    await ledger.lookUps.postpone(turn, now());
    const closedUntil = await ledger.lookUps.reportTrouble(trouble, gate, now());
    const level = trouble.kind === "refused" ? "error" : "warn";
    if (closedUntil !== null) logger[level]({ event: "danaya-left-alone", kind });
  };
  const record = async (turn: LookUpTurn, { askedAt, body }: Extract<Answer, { kind: "answered" }>) => {
    const outcome = await ledger.lookUps.record({ ...turn, askedAt, body }, now());
    if (outcome.kind === "unreadable") {
      count.asked({ outcome: "unreadable" });
      return outcome.isJson ? unclear(turn) : unheard(turn, "unreadable", { kind: "unanswered" });
    }
    count.asked({ outcome: "answered" });
    for (const state of movedTo(outcome)) count.missed({ state });
    await tell(outcome.wakeUps, logger);
    return heard(turn);
  };
  const ask = async (turn: LookUpTurn) => {
    const answer = await api.lookUp(turn.fileUuid, stopping);
    if (answer.kind === "answered") return record(turn, answer);
    if (stopping.aborted) return; // nobody's fault
    count.asked({ outcome: answer.kind });
    if (answer.kind === "not-found") return heard(turn);
    return answer.kind === "declined" ? unclear(turn) : unheard(turn, answer.kind, troubleOf(answer));
  };
  return (turn) =>
    ask(turn).catch((thrown: unknown) =>
      logger.warn({ event: "question-failed", kind: turn.question, err: toReceiverError(thrown) }),
    );
}

function troubleOf(answer: Exclude<Answer, { kind: "answered" | "not-found" | "declined" }>): Trouble {
  if (answer.kind === "busy") return { kind: "busy", retryAfterMs: answer.retryAfterMs };
  return { kind: answer.kind === "refused" || answer.kind === "forbidden" ? "refused" : "unanswered" };
}

/** What no webhook had told. An answer that a webhook had told moves nothing. */
const movedTo = ({ changes }: Recorded): string[] =>
  changes.flatMap(({ state }) => (state.before !== null && state.before !== state.after ? [state.after] : []));

const countersIn = ({ metrics }: AskTools) => ({
  asked: metrics.counter({
    name: "receiver_look_ups_total",
    help: "Questions to Danaya's API, by what came of them",
    labels: ["outcome"],
  }),
  missed: metrics.counter({
    name: "receiver_missed_deliveries_total",
    help: "States that no webhook had told and Danaya's API did, by state",
    labels: ["state"],
  }),
  exhausted: metrics.counter({
    name: "receiver_look_ups_exhausted_total",
    help: "Files that were asked about to the end of the table and still wait: each wants a look",
    labels: ["kind"],
  }),
});
