import type { Answer, Ledger } from "@receiver/ledger";

type ResealedPage = Answer<Ledger["sealing"]["resealDataKeys"]>;
type WrappedPage = Answer<Ledger["sealing"]["wrapBodies"]>;

/** Data keys of one transaction: their rows are locked for some milliseconds, and workers only read them. */
const KEYS_PER_BATCH = 500;
/** Bodies looked at in one go. Each that is wrapped is a transaction of its own. */
const BODIES_PER_PAGE = 200;

export type Rotated = {
  dataKeys: number;
  bodies: number;
  /** What can't be opened, and was left as it is. */
  failing: { what: "data key" | "body"; id: string; code: string }[];
  interrupted: boolean;
};

type Tools = {
  ledger: Pick<Ledger, "sealing">;
  /** Aborted: the batch at hand is finished, and no other is begun. */
  signal: AbortSignal;
  progress(rotated: Rotated): void;
};

/** Data keys first, then bodies that are under none. Nothing is remembered between runs: what is done is no longer found. */
export async function rotateKeys({ ledger: { sealing }, signal, progress }: Tools): Promise<Rotated> {
  const rotated: Rotated = { dataKeys: 0, bodies: 0, failing: [], interrupted: false };
  for (let after: string | null = ""; after !== null && !signal.aborted; ) {
    const page: ResealedPage = await sealing.resealDataKeys({ after, limit: KEYS_PER_BATCH });
    rotated.dataKeys += page.resealed;
    for (const { keyId: id, code } of page.failing) rotated.failing.push({ what: "data key", id, code });
    if (page.resealed > 0) progress(rotated);
    after = page.next;
  }
  for (let after: string | null = ""; after !== null && !signal.aborted; ) {
    const page: WrappedPage = await sealing.wrapBodies({ after, limit: BODIES_PER_PAGE }, new Date());
    rotated.bodies += page.wrapped;
    for (const { deliveryId: id, code } of page.failing) rotated.failing.push({ what: "body", id, code });
    if (page.wrapped > 0) progress(rotated);
    after = page.next;
  }
  return { ...rotated, interrupted: signal.aborted };
}
