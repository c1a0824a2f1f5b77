import type { Flag, RawScore, State } from "@receiver/contracts";
import type { ClientFileEvent, Day } from "@receiver/events";
import type { CarriedOver } from "./carried-over.ts";
import type { ConfirmPolicy, ReleasedDecision } from "./confirmation.ts";
import { type DocumentView, foldDocuments, kindOf } from "./documents.ts";
import type { ClockEscalation } from "./escalation.ts";
import { raiseFlags } from "./flags.ts";
import { foldLifecycle } from "./lifecycle.ts";
import { inFoldOrder } from "./order.ts";
import { countRetries } from "./retries.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { withStandings } from "./standing.ts";
import type { StatusMap } from "./status-map.ts";
import type { Released, Step } from "./step.ts";
import { externalIdIn, openedAtIn } from "./submission.ts";
import { trustedTimes } from "./trusted-times.ts";
import { type Wait, waitOf } from "./wait.ts";

/**
 * What the events don't say. `confirm`: which decisions are released on webhooks alone; `releasedBefore`: one that a laxer policy had
 * released, which is not taken back. `today` is the day in Africa/Abidjan; `linksContradicted`: correlation found links that contradict
 * each other at an id of this file; `escalatedByClock`: the attempts of its
 * retries that timers found open for too long; `stalledByClock`: nothing was heard of it for too long, which counts while it waits;
 * `carried`: the retries of the files that this one supersedes.
 */
export type FoldContext = {
  statusMap: StatusMap;
  confirm: ConfirmPolicy;
  releasedBefore?: ReleasedDecision | null;
  today: Day;
  linksContradicted: boolean;
  escalatedByClock: readonly ClockEscalation[];
  stalledByClock: boolean;
  carried: readonly CarriedOver[];
};

/**
 * A client file. `state` is what its events say, `released` what may go out: a decision that rests on unsigned webhooks stays here.
 * `path` are its steps in fold order; `processingEnded` once it was ever released in a state that awaits nothing
 * more from the analysis; `waitsFor`: what may leave it stalled. Flags, retries and documents are sorted. Times are milliseconds since 1970.
 */
export type ClientFileView = {
  state: State;
  released: Released;
  score: RawScore | null;
  kind: "KYC" | "KYB";
  confirmed: boolean;
  flags: Flag[];
  externalId: string | null;
  path: Step[];
  retries: RetryCounter[];
  documents: DocumentView[];
  processingEnded: boolean;
  waitsFor: Wait | null;
  openedAt: number;
  lastEventAt: number;
};

/**
 * The file that its events make. Invariant: equal for every permutation and duplication of the same events.
 *
 * @param events all of one file, at least one
 * @throws RangeError without an event: there is no such file
 */
export function fold(events: readonly ClientFileEvent[], context: FoldContext): ClientFileView {
  if (events.length === 0) throw new RangeError("a client file has at least one event");
  const readings = withStandings(inFoldOrder(events, context.statusMap));
  const lifecycle = foldLifecycle(readings, context);
  const retries = countRetries(readings, context);
  const documents = foldDocuments(readings, context.today);
  const waitsFor = waitOf(readings, lifecycle);
  const { linksContradicted, stalledByClock } = context;
  const facts = {
    readings,
    lifecycle,
    retries,
    documents,
    linksContradicted,
    stalledByClock,
    waitsFor,
  };
  return {
    state: lifecycle.state,
    released: lifecycle.released,
    score: lifecycle.score,
    kind: kindOf(documents),
    confirmed: lifecycle.confirmed,
    flags: raiseFlags(facts),
    externalId: externalIdIn(readings),
    path: lifecycle.path,
    retries,
    documents,
    processingEnded: lifecycle.processingEnded,
    waitsFor,
    openedAt: openedAtIn(events),
    lastEventAt: Math.max(...trustedTimes(events)),
  };
}
