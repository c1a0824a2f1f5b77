import type { CheckResult } from "../checks/all-checks.ts";
import type { FaultKind } from "../plan/fault-kinds.ts";
import type { Answered, Correspondence } from "../play/post-all.ts";
import type { Struck } from "../play/strike.ts";

/** What came of the faults of one kind. The lists have an entry per fault. */
export type KindTally = {
  kind: FaultKind;
  times: number;
  inFlight: number[];
  /** Deliveries answered 2xx after such a fault began, and before another did, that are not in the ledger, or had effect twice. */
  lost: number;
  duplicated: number;
  /** Milliseconds; of those that healed. */
  healMs: number[];
};

export type RunReport = {
  seed: number;
  seconds: number;
  requests: number;
  /** Distinct deliveries answered as they should be. */
  answered: number;
  notAnswered: Record<string, number>;
  kinds: KindTally[];
  checks: CheckResult[];
  /** Where the output of the processes is; null: it was thrown away, as nothing failed. */
  logs: string | null;
};

type Facts = {
  seed: number;
  seconds: number;
  correspondence: Correspondence;
  struck: readonly Struck[];
  checks: CheckResult[];
};

export function reportOf({ seed, seconds, correspondence, struck, checks }: Facts): RunReport {
  const { requests, answered, notAnswered } = correspondence;
  const blame = (name: CheckResult["name"]) => {
    const ids = checks.find((check) => check.name === name)?.offenders ?? [];
    return ids.flatMap((id) => blamed(answered.get(id), struck)?.fault.kind ?? []);
  };
  const [lost, duplicated] = [blame("lost"), blame("applied-twice")];
  const kinds = [...Map.groupBy(struck, ({ fault }) => fault.kind)].map(([kind, own]) => ({
    kind,
    times: own.length,
    inFlight: own.map(({ inFlight }) => inFlight),
    lost: lost.filter((blamedKind) => blamedKind === kind).length,
    duplicated: duplicated.filter((blamedKind) => blamedKind === kind).length,
    healMs: own.flatMap(({ healMs }) => healMs ?? []),
  }));
  kinds.sort((a, b) => (a.kind < b.kind ? -1 : 1));
  return {
    ...{ seed, seconds, requests, answered: answered.size, notAnswered: Object.fromEntries(notAnswered) },
    ...{ kinds, checks, logs: null },
  };
}

/** The latest that began before the answer. */
function blamed(delivery: Answered | undefined, struck: readonly Struck[]): Struck | undefined {
  if (!delivery) return undefined;
  return struck.findLast(({ beganAt }) => beganAt <= delivery.firstAt);
}

export const hasFailed = ({ checks }: Pick<RunReport, "checks">): boolean =>
  checks.some(({ offenders }) => offenders.length > 0);

/** The kinds of several runs together. */
export function sumKinds(reports: readonly RunReport[]): KindTally[] {
  const byKind = Map.groupBy(
    reports.flatMap(({ kinds }) => kinds),
    ({ kind }) => kind,
  );
  return [...byKind].map(([kind, tallies]) => ({
    kind,
    times: sum(tallies.map(({ times }) => times)),
    inFlight: tallies.flatMap(({ inFlight }) => inFlight),
    lost: sum(tallies.map(({ lost }) => lost)),
    duplicated: sum(tallies.map(({ duplicated }) => duplicated)),
    healMs: tallies.flatMap(({ healMs }) => healMs),
  }));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
