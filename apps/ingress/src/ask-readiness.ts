import { runChecks } from "@receiver/runtime";

export type Readiness = Awaited<ReturnType<typeof runChecks>>;

/** The question is public and costs a query: within this time everybody gets the same answer. Probes ask every few seconds. */
const SHARED_MS = 1_000;

/** Able to store? Never rejects. */
export function createReadiness(check: () => Promise<void>): () => Promise<Readiness> {
  let asked: { until: number; answer: Promise<Readiness> } | null = null;
  return () => {
    if (asked === null || Date.now() >= asked.until) {
      asked = { until: Date.now() + SHARED_MS, answer: runChecks({ ledger: check }) };
    }
    return asked.answer;
  };
}
