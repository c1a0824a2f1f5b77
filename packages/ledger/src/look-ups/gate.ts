import { sql } from "kysely";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";

/** How much Danaya's API may be asked, by all processes together. */
export type GateRules = {
  perSecond: number;
  /** Questions in a row that nobody answers before it is left alone. */
  opensAfter: number;
  /** For how long at first, and at most: doubled with each further question that nobody answers. */
  closedMs: { first: number; most: number };
};

export type Trouble =
  /** No whole answer, or none that can be read. */
  | { kind: "unanswered" }
  /** It says for how long it wants to be left alone, or not. */
  | { kind: "busy"; retryAfterMs: number | null }
  /** Our credentials, our address or our rights: the next question fares no better. */
  | { kind: "refused" };

type Gate = { tokens: number; refilled_at: Date; failures: number; closed_until: Date | null };

/** Nobody saves up more than two seconds' questions. */
const BURST_SECONDS = 2;

/**
 * Takes turns at the gate: `wanted` at most, none while it is closed, one while nobody answered of late. Who takes turns holds the
 * gate's row until the transaction ends.
 */
export async function passGate(
  trx: LedgerTransaction,
  wanted: number,
  { perSecond, opensAfter }: GateRules,
  now: Date,
): Promise<number> {
  const gate = await lockGate(trx, now);
  if (gate.closed_until !== null && gate.closed_until > now) return 0;
  const elapsedMs = Math.max(0, now.getTime() - gate.refilled_at.getTime());
  const most = Math.max(1, perSecond * BURST_SECONDS);
  const tokens = Math.min(most, gate.tokens + (elapsedMs / 1_000) * perSecond);
  const turns = Math.min(wanted, Math.floor(tokens), gate.failures >= opensAfter ? 1 : wanted);
  await trx
    .updateTable("danaya_gate")
    .set({ tokens: tokens - turns, refilled_at: now })
    .execute();
  return turns;
}

/** The first to come opens it. */
async function lockGate(trx: LedgerTransaction, now: Date): Promise<Gate & { closed_by: string | null }> {
  const first = { id: 1, tokens: 1, refilled_at: now };
  await trx
    .insertInto("danaya_gate")
    .values(first)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return trx.selectFrom("danaya_gate").selectAll().forUpdate().executeTakeFirstOrThrow();
}

/** Somebody answered. @returns whether the gate had been closed before. */
export async function openGate(db: LedgerDatabase): Promise<boolean> {
  const { rows } = await sql<{ was: Date | null }>`
    with before as (select closed_until as was from danaya_gate where failures > 0 or closed_until is not null)
    update danaya_gate set failures = 0, closed_until = null, closed_by = null
    from before returning before.was`.execute(db);
  return rows.some(({ was }) => was !== null);
}

/** @returns until when nobody is to ask: null while that is nothing but bad luck. */
export async function reportTrouble(
  db: LedgerDatabase,
  trouble: Trouble,
  { opensAfter, closedMs }: GateRules,
  now: Date,
): Promise<Date | null> {
  return inTransaction(db, async (trx) => {
    const gate = await lockGate(trx, now);
    const failures = gate.failures + 1;
    const backedOff = Math.min(closedMs.most, closedMs.first * 2 ** Math.max(0, failures - opensAfter));
    const pauseMs = { refused: closedMs.most, busy: askedPause(trouble) ?? backedOff, unanswered: backedOff }[
      trouble.kind
    ];
    const closes = trouble.kind !== "unanswered" || failures >= opensAfter;
    const until = closes ? new Date(now.getTime() + pauseMs) : null;
    const longest = later(until, gate.closed_until);
    await trx
      .updateTable("danaya_gate")
      .set({ failures, closed_until: longest, closed_by: closes ? trouble.kind : gate.closed_by })
      .execute();
    return until;
  });
}

/** One question an hour burdens nobody, and while none is put no answer can open the gate before its time. */
const LONGEST_ASKED_MS = 60 * 60_000;

const askedPause = (trouble: Trouble): number | null =>
  trouble.kind === "busy" && trouble.retryAfterMs !== null ? Math.min(trouble.retryAfterMs, LONGEST_ASKED_MS) : null;

const later = (a: Date | null, b: Date | null): Date | null => (a !== null && (b === null || a > b) ? a : b);
