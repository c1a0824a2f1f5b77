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
 * `asked`: what the last GET said. `overruled`: what it had said when an operator decided otherwise, who knew it: the same answer
 * to the next question is no news.
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
  overruled: State | null;
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
  counts: (file, reading) => ({
    ...apply(file, reading),
    score: reading.event.score ?? file.score,
  }),
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
    const answered = reading.event.source === "GET" ? { ...file, asked: reading.names } : file;
    if (answered !== file && reading.names === file.overruled) return answered;
    const refuted = refutedBy(reading, file);
    const overruled = answered === file && file.asked !== reading.names ? file.asked : null;
    const moved = move(answered, { ...reading, names: meantBy(reading, file) });
    return { ...moved, conflict: false, refuted, overruled, confirmed: isDecided(reading.names) };
  },
};

/**
 * Danaya's API calls a file whose check is to be run again IN_PROGRESS, as its message about that does. Nor does it end that by denying a
 * decision that nobody was told.
 */
const meantBy = ({ event, names }: Reading, { released }: Lifecycle): State | null =>
  event.source === "GET" && names === "IN_ANALYSIS" && released.state === "RETRY_REQUESTED" ? released.state : names;

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
  return { ...file, state: names, confirmed: false, overruled: null, reopened, path: [...file.path, step] };
}
