import type { RawScore, State } from "@receiver/contracts";
import { type ConfirmPolicy, isReleased, type ReleasedDecision } from "./confirmation.ts";
import type { Reading } from "./reading.ts";
import { type Authority, sources } from "./sources.ts";
import type { Standing, StandingReading } from "./standing.ts";
import { endsProcessing, isDecided } from "./states.ts";
import type { Released, Step } from "./step.ts";

/**
 * A file on its way through its events.
 *
 * RECEIVED → IN_ANALYSIS, RETRY_REQUESTED, ERROR and AWAITING_DECISION move freely among each other; APPROVED and
 * REJECTED are left only by who decides. `reopened`: a decided file was reported on, or left its released decision, and nobody
 * decided since. `conflict`: deliveries contradict each other, and nobody vouched since. `confirmed`: who vouches named
 * the decision that stands. `released`: the file as subscribers may hear of it. `refuted`: a decision that deliveries alone
 * claimed and a GET denied; an operator settles it, or who vouches for it later, or for another that was claimed since.
 * `asked`: what the last GET said. `overruled`: what it had said when an operator decided otherwise, who knew it, and what he ruled: the
 * same answer to a later question is no news, unless a delivery said it anew.
 */
export type Lifecycle = {
  state: State;
  released: Released;
  score: RawScore | null;
  confirmed: boolean;
  reopened: boolean;
  conflict: boolean;
  refuted: State | null;
  asked: State | null;
  overruled: { answer: State; ruling: State } | null;
  processingEnded: boolean;
  path: Step[];
};

const opened: Lifecycle = {
  state: "RECEIVED",
  released: { state: "RECEIVED", score: null, confirmed: false },
  score: null,
  confirmed: false,
  reopened: false,
  conflict: false,
  refuted: null,
  asked: null,
  overruled: null,
  processingEnded: false,
  path: [],
};

/** `releasedBefore`: what a laxer policy had released. */
type Releasing = { confirm: ConfirmPolicy; releasedBefore?: ReleasedDecision | null };

/** @param readings in fold order */
export function foldLifecycle(
  readings: readonly StandingReading[],
  { confirm, releasedBefore = null }: Releasing,
): Lifecycle {
  return readings.reduce((before, reading) => {
    const file = byStanding[reading.standing](before, reading);
    return isReleased(confirm, file) || wasReleased(file, reading, releasedBefore) ? release(file) : file;
  }, opened);
}

/** Once, as it was then: what comes after it is for this policy to judge. Who is late to say the same of an earlier time takes nothing back. */
function wasReleased({ state, released }: Lifecycle, said: Reading, decision: ReleasedDecision | null): boolean {
  const isIt = decision !== null && said.event.eventId === decision.cause && said.names === decision.to;
  return isIt && state === decision.to && state !== released.state;
}

function release(file: Lifecycle): Lifecycle {
  const { state, score, confirmed } = file;
  const last = file.path.at(-1);
  const processingEnded = file.processingEnded || endsProcessing(state);
  const path = last === undefined || last.released ? file.path : file.path.with(-1, { ...last, released: true });
  return { ...file, released: { state, score, confirmed }, processingEnded, path };
}

type Rule = (file: Lifecycle, reading: Reading) => Lifecycle;

const byStanding: Record<Standing, Rule> = {
  counts: (file, reading) => {
    const applied = apply(file, reading);
    return { ...applied, score: reading.event.score ?? applied.score };
  },
  "future-dated": (file) => file,
  contradicted: (file) => ({ ...file, conflict: true }),
  resent: (file, reading) => ({ ...file, conflict: file.conflict || wouldMove(file, reading) }),
};

const byAuthority: Record<Authority, Rule> = {
  opens: (file) => file,
  reports: (file, reading) => (isDecided(file.state) ? { ...file, reopened: true } : move(file, reading)),
  decides: (file, reading) => move(file, reading),
  vouches: (file, reading) => {
    if (reading.names === null) return file;
    return reading.event.source === "GET" ? answer(file, reading, reading.names) : rule(file, reading, reading.names);
  },
};

/** Danaya's API says so. What an operator has overruled already is no news: then his ruling is what it says. */
function answer(file: Lifecycle, reading: Reading, names: State): Lifecycle {
  const asked = { ...file, asked: names };
  const stands = file.overruled?.answer === names ? file.overruled : null;
  if (stands && file.confirmed && file.state === stands.ruling) return asked;
  const refuted = refutedBy(reading, file);
  const vouched = vouch(asked, reading, stands?.ruling ?? meantBy(names, file));
  return stands ? { ...vouched, refuted } : { ...vouched, refuted, conflict: false, overruled: null };
}

/** An operator decides, who knows what Danaya's API said last. */
function rule(file: Lifecycle, reading: Reading, ruling: State): Lifecycle {
  const overruled = file.asked !== null && file.asked !== ruling ? { answer: file.asked, ruling } : null;
  return { ...vouch(file, reading, ruling), refuted: refutedBy(reading, file), conflict: false, overruled };
}

/** A claim that nobody heard of leaves nothing behind where it is denied, not even its score. */
function vouch(file: Lifecycle, reading: Reading, names: State): Lifecycle {
  const isDenied = file.state !== file.released.state && file.state !== names;
  const moved = move(file, { ...reading, names });
  return { ...moved, score: isDenied ? file.released.score : moved.score, confirmed: isDecided(names) };
}

/**
 * Danaya's API calls a file whose check is to be run again IN_PROGRESS, as its message about that does. Nor does it end that by denying a
 * decision that nobody was told.
 */
const meantBy = (names: State, { released }: Lifecycle): State =>
  names === "IN_ANALYSIS" && released.state === "RETRY_REQUESTED" ? released.state : names;

function refutedBy({ event, names }: Reading, file: Lifecycle): State | null {
  if (event.source === "OPERATOR") return null;
  // Where deliveries contradict each other, or may be resent, none of them claims anything that could be denied.
  if (isDecided(file.state) && !file.confirmed && !file.conflict) return names === file.state ? null : file.state;
  return names === file.refuted ? null : file.refuted;
}

function apply(file: Lifecycle, reading: Reading): Lifecycle {
  return byAuthority[sources[reading.event.source].authority](file, reading);
}

const wouldMove = (file: Lifecycle, reading: Reading): boolean => apply(file, reading).state !== file.state;

function move(file: Lifecycle, { event, names }: Reading): Lifecycle {
  if (names === null) return file;
  const isKnown = file.released.state === file.state;
  const reversal = isKnown && isDecided(file.state) && names !== file.state;
  // Of a decision that nobody heard of, nobody may hear that it was left; one that was released is left also by way of such a one.
  const reopened = !isDecided(names) && ((isKnown && file.reopened) || isDecided(file.released.state));
  if (names === file.state) return { ...file, reopened };
  const step: Step = {
    from: file.state,
    to: names,
    cause: event.eventId,
    occurredAt: event.occurredAt,
    reversal,
    released: false,
  };
  const overruled = file.overruled?.answer === names ? null : file.overruled; // which is news, where a delivery says it
  return { ...file, state: names, confirmed: false, overruled, reopened, path: [...file.path, step] };
}
