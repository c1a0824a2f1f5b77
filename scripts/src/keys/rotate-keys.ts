import type { Ledger } from "@receiver/ledger";

type WrappedPage = Awaited<ReturnType<Ledger["sealing"]["wrapBodies"]>>;

/** Data keys of one transaction: their rows are locked for some milliseconds, and workers only read them. */
const KEYS_PER_BATCH = 500;
/** Bodies looked at in one go. Each that is wrapped is a transaction of its own. */
const BODIES_PER_PAGE = 200;

export type Rotated = { dataKeys: number; bodies: number; failing: WrappedPage["failing"]; interrupted: boolean };

type Tools = {
  ledger: Pick<Ledger, "sealing">;
  /** Aborted: the batch at hand is finished, and no other is begun. */
  signal: AbortSignal;
  progress(rotated: Rotated): void;
};

/** Data keys first, then bodies that are under none. Nothing is remembered between runs: what is done is no longer found. */
export async function rotateKeys({ ledger: { sealing }, signal, progress }: Tools): Promise<Rotated> {
  const rotated: Rotated = { dataKeys: 0, bodies: 0, failing: [], interrupted: false };
  for (let more = true; more && !signal.aborted; ) {
    const resealed = await sealing.resealDataKeys(KEYS_PER_BATCH);
    rotated.dataKeys += resealed;
    more = resealed > 0;
    if (more) progress(rotated);
  }
  for (let after: string | null = ""; after !== null && !signal.aborted; ) {
    const page: WrappedPage = await sealing.wrapBodies({ after, limit: BODIES_PER_PAGE }, new Date());
    rotated.bodies += page.wrapped;
    rotated.failing.push(...page.failing);
    if (page.wrapped > 0) progress(rotated);
    after = page.next;
  }
  return { ...rotated, interrupted: signal.aborted };
}
