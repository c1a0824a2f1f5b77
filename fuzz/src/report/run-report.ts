import type { MemorySample } from "../judge/judge-memory.ts";
import type { InputKind } from "../plan/input.ts";
import type { Outcome } from "../send/exchange.ts";

/** What came of the inputs of one kind. `answers` by status, or by what there was in place of one. */
export type KindTally = { kind: InputKind; sent: number; answers: Record<string, number>; slowestMs: number };

/** What was wrong with the answer to one input, which the seed and its number make again. */
export type Finding = { index: number; kind: InputKind; what: string; wrong: string };

export type CheckResult = { name: string; holds: string; offenders: string[] };

export type RunReport = {
  seed: number;
  bodies: number;
  /** Until all was answered; until all was settled and checked. */
  sendingSeconds: number;
  seconds: number;
  kinds: KindTally[];
  findings: Finding[];
  checks: CheckResult[];
  memory: ReadonlyMap<string, readonly MemorySample[]>;
  /** Deliveries in the ledger, those of them that are messages, and the client files that came of them. */
  ledger: { deliveries: number; messages: number; files: number };
};

export const hasFailed = ({ findings, checks }: Pick<RunReport, "findings" | "checks">): boolean =>
  findings.length > 0 || checks.some(({ offenders }) => offenders.length > 0);

export function emptyTally(kind: InputKind): KindTally {
  return { kind, sent: 0, answers: {}, slowestMs: 0 };
}

/** Adds one outcome. */
export function count(tally: KindTally, outcome: Outcome): void {
  const label = outcome.kind === "answer" ? String(outcome.answer.status) : outcome.kind;
  tally.sent += 1;
  tally.answers[label] = (tally.answers[label] ?? 0) + 1;
  tally.slowestMs = Math.max(tally.slowestMs, outcome.elapsedMs);
}
