import { endlessDecisions } from "./endless-decisions.ts";
import { type Flood, flood } from "./flood.ts";
import type { Query } from "./servers.ts";

export type Answers = {
  bare: Flood;
  ingress: Flood;
  /** Answered 2xx by the ingress, the warm-up included, and not in the ledger. */
  lost: number;
};
export type AnswersOptions = {
  urls: { bare: string; ingress: string };
  connections: number;
  seconds: number;
  query: Query;
  signal: AbortSignal;
};

const ROUNDS = 3;
/** Until the code that runs often is compiled. */
const WARM_UP_SECONDS = 2;

/** Rounds in turn, because a machine is not as fast at one time as at another. */
export async function measureAnswers({ urls, signal, query, ...load }: AnswersOptions): Promise<Answers> {
  const nextBody = endlessDecisions(new Date());
  const rounds: Record<"bare" | "ingress", Flood[]> = { bare: [], ingress: [] };
  let answered = 0;
  for (let round = 0; round <= ROUNDS && !signal.aborted; round += 1) {
    const seconds = round === 0 ? WARM_UP_SECONDS : load.seconds;
    for (const name of ["bare", "ingress"] as const) {
      const measured = await flood({ ...load, url: urls[name], seconds, nextBody, signal });
      if (round > 0) rounds[name].push(measured);
      if (name === "ingress") answered += measured.answered;
    }
  }
  signal.throwIfAborted();
  const [row] = await query<{ stored: number }>("select count(*)::integer as stored from deliveries");
  const lost = Math.max(0, answered - (row?.stored ?? 0)); // those whose answer nobody waited for are stored, too
  return { bare: middle(rounds.bare), ingress: middle(rounds.ingress), lost };
}

/** Times of the round whose rate is the median; what failed, of all. */
export function middle(rounds: readonly Flood[]): Flood {
  const byRate = rounds.toSorted((a, b) => a.perSecond - b.perSecond);
  const chosen = byRate[Math.floor(byRate.length / 2)];
  if (!chosen) throw new Error("no round was measured");
  return { ...chosen, failed: rounds.reduce((sum, { failed }) => sum + failed, 0) };
}
