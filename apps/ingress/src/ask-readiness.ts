import { runChecks } from "@receiver/runtime";
import type { StorageMode } from "./storage/storage-mode.ts";

export type Readiness = Awaited<ReturnType<typeof runChecks>> & { mode: StorageMode };

/** The question is public and costs a query: within this time everybody gets the same answer. Probes ask every few seconds. */
const SHARED_MS = 1_000;

/** Able to store, and where? Never rejects. */
export function createReadiness({
  check,
  mode,
}: {
  check(): Promise<void>;
  mode(): StorageMode;
}): () => Promise<Readiness> {
  let asked: { until: number; answer: Promise<Readiness> } | null = null;
  const ask = async () => ({ ...(await runChecks({ storage: check })), mode: mode() });
  return () => {
    if (asked === null || Date.now() >= asked.until) asked = { until: Date.now() + SHARED_MS, answer: ask() };
    return asked.answer;
  };
}
