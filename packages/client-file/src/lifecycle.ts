import type { RawScore, State } from "@receiver/contracts";
import type { Reading } from "./reading.ts";
import { type Authority, sources } from "./sources.ts";
import type { Standing, StandingReading } from "./standing.ts";
import { isDecided } from "./states.ts";

/** One step of a file: `cause` is the event's id, `reversal` says that it overturns a decision. */
export type Step = { from: State; to: State; cause: string; occurredAt: number; reversal: boolean };

/**
 * A file on its way through its events.
 *
 * RECEIVED → IN_ANALYSIS, RETRY_REQUESTED, ERROR and AWAITING_DECISION move freely among each other; APPROVED and
 * REJECTED are left only by who decides. `reopened`: a decided file was reported on, or left its decision, and nobody
 * decided since. `conflict`: deliveries contradict each other, and nobody vouched since. `confirmed`: who vouches named
 * the decision that stands.
 */
export type Lifecycle = {
  state: State;
  score: RawScore | null;
  confirmed: boolean;
  reopened: boolean;
  conflict: boolean;
  path: Step[];
};

const opened: Lifecycle = {
  state: "RECEIVED",
  score: null,
  confirmed: false,
  reopened: false,
  conflict: false,
  path: [],
};

/** @param readings in fold order */
export function foldLifecycle(readings: readonly StandingReading[]): Lifecycle {
  return readings.reduce((file, reading) => byStanding[reading.standing](file, reading), opened);
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
  vouches: (file, reading) =>
    reading.names === null ? file : { ...move(file, reading), conflict: false, confirmed: isDecided(reading.names) },
};

function apply(file: Lifecycle, reading: Reading): Lifecycle {
  return byAuthority[sources[reading.event.source].authority](file, reading);
}

const wouldMove = (file: Lifecycle, reading: Reading): boolean => apply(file, reading).state !== file.state;

function move(file: Lifecycle, { event, names }: Reading): Lifecycle {
  if (names === null) return file;
  const reversal = isDecided(file.state) && names !== file.state;
  const reopened = !isDecided(names) && (file.reopened || reversal);
  if (names === file.state) return { ...file, reopened };
  const step: Step = { from: file.state, to: names, cause: event.eventId, occurredAt: event.occurredAt, reversal };
  return { ...file, state: names, confirmed: false, reopened, path: [...file.path, step] };
}
