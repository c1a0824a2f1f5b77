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
/** Closed by nobody's wish, but until the one that was let through is answered. */
const PROBE = "probe";

/** Longer than any question takes: who was let through to see is dead, and another one may. */
const PROBE_MS = 20_000;

/**
 * Takes turns at the gate: `wanted` at most, none while it is closed, and while nobody answered of late one alone, whose answer the others
 * wait for. Who takes turns holds the gate's row until the transaction ends.
 */
export async function passGate(
  trx: LedgerTransaction,
  wanted: number,
  { perSecond, opensAfter }: GateRules,
  now: Date,
): Promise<number> {
  const gate = await lockGate(trx, now);
  if (isClosed(gate, now)) return 0;
  const elapsedMs = Math.max(0, now.getTime() - gate.refilled_at.getTime());
  const most = Math.max(1, perSecond * BURST_SECONDS);
  const tokens = Math.min(most, gate.tokens + (elapsedMs / 1_000) * perSecond);
  const probes = gate.failures >= opensAfter;
  const turns = Math.min(wanted, Math.floor(tokens), probes ? 1 : wanted);
  const closed = { closed_until: new Date(now.getTime() + PROBE_MS), closed_by: PROBE };
  await trx
    .updateTable("danaya_gate")
    .set({ tokens: tokens - turns, refilled_at: now, ...(probes && turns > 0 && closed) })
    .execute();
  return turns;
}

/** Nobody closes it for longer than an hour: where it says so, the clock of who did was wrong, and no answer would ever open it. */
function isClosed({ closed_until }: Gate, now: Date): boolean {
  const leftMs = (closed_until?.getTime() ?? 0) - now.getTime();
  return leftMs > 0 && leftMs <= LONGEST_ASKED_MS;
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

/**
 * Somebody answered. A gate that is closed was closed while this question was under way, and stays so: that others are answered takes no
 * `Retry-After` back.
 *
 * @returns whether the gate had been closed before.
 */
export async function openGate(db: LedgerDatabase, now: Date): Promise<boolean> {
  const { rows } = await sql<{ was: Date | null }>`
    with before as (
      select closed_until as was from danaya_gate
      where (failures > 0 or closed_until is not null)
        and (closed_until is null or closed_by = ${PROBE} or closed_until <= ${now}
          or closed_until > ${new Date(now.getTime() + LONGEST_ASKED_MS)})
      for update
    )
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
    const longest = later(until, isClosed(gate, now) ? gate.closed_until : null);
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
