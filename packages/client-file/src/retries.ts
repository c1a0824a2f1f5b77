import type { ClientFileEvent, EventVerification } from "@receiver/events";
import { type CarriedOver, carriedInto } from "./carried-over.ts";
import { type ClockEscalation, escalatedIn } from "./escalation.ts";
import { isRetry } from "./reading.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { retryPolicyFor } from "./retry-policy.ts";
import { sources } from "./sources.ts";
import type { StandingReading } from "./standing.ts";
import { endsProcessing, isDecided } from "./states.ts";

/** A RETRY result, and the place in the fold order of the event that bears it. */
type Sighting = { place: number; event: ClientFileEvent; result: EventVerification };

/** `carried` over from the files that this one supersedes. `escalatedByClock`: what timers found. */
type Beside = { carried: readonly CarriedOver[]; escalatedByClock: readonly ClockEscalation[] };

/** @param readings in fold order. @param beside what the events don't say */
export function countRetries(readings: readonly StandingReading[], beside: Beside): RetryCounter[] {
  const sightings = readings.flatMap(({ event, standing }, place) =>
    // A date in the future is a bare claim: counted, it would escalate.
    standing === "future-dated"
      ? []
      : event.verifications.filter(isRetry).map((result): Sighting => ({ place, event, result })),
  );
  const settlers = readings.map(settlerOf);
  const completed = completing(beside);
  return [...Map.groupBy(sightings, ({ result }) => checkKey(result))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, seen]) => completed(countOne(newsIn(seen), settlers)));
}

const checkKey = ({ documentId, verification }: EventVerification): string =>
  JSON.stringify([documentId, verification]);

function completing({ carried: handed, escalatedByClock }: Beside): (own: OwnCounter) => RetryCounter {
  const [carriedBy, isEscalated] = [carriedInto(handed), escalatedIn(escalatedByClock)];
  return (own) => {
    const carried = carriedBy(own);
    const counter = { ...own, attempts: carried + own.attempts, carried };
    return { ...counter, escalated: isEscalated(counter) };
  };
}

type OwnCounter = Omit<RetryCounter, "carried" | "escalated">;

/** A reading, and of which checks it bears a result that is no retry: read once, because every counter asks. */
type Settler = StandingReading & { results: ReadonlySet<string> };

const settlerOf = (reading: StandingReading): Settler => ({
  ...reading,
  results: new Set(reading.event.verifications.filter((result) => !isRetry(result)).map(checkKey)),
});

function countOne(seen: readonly Sighting[], readings: readonly Settler[]): OwnCounter {
  const last = seen[seen.length - 1] as Sighting;
  const times = seen.map(({ event }) => event.occurredAt).sort((a, b) => a - b);
  const confidenceHistory = firstOfEachMessage(seen).flatMap(({ event, result: { confidence } }) =>
    confidence === null ? [] : [{ at: event.occurredAt, value: confidence }],
  );
  return {
    documentId: last.result.documentId,
    documentType: seen.findLast(({ result }) => result.documentType !== null)?.result.documentType ?? null,
    verification: last.result.verification,
    attempts: attemptsIn(seen),
    status: statusOf(last, readings.slice(last.place + 1)),
    confidences: confidenceHistory.map(({ value }) => value),
    confidenceHistory,
    ask: retryPolicyFor(last.result.verification).ask,
    firstAt: times[0] as number,
    lastAt: times[times.length - 1] as number,
  };
}

/** A GET shows again what was told, however often we ask: it is news where its attempt is higher than any before. */
function newsIn(seen: readonly Sighting[]): Sighting[] {
  const told: Sighting[] = [];
  let highest = 0;
  for (const sighting of seen) {
    const attempt = sighting.result.attempt ?? 0;
    const isMessage = sources[sighting.event.source].authority !== "vouches";
    if (!isMessage && told.length > 0 && attempt <= Math.max(highest, told.length)) continue;
    told.push(sighting);
    highest = Math.max(highest, attempt);
  }
  return told;
}

function statusOf({ result }: Sighting, since: readonly Settler[]): RetryCounter["status"] {
  const key = checkKey(result);
  if (since.some((reading, place) => settles(reading, key) && !isDenied(reading, since.slice(place + 1))))
    return "settled";
  return since.some(({ event }) => event.source === "ABANDON") ? "abandoned" : "open";
}

/** A GET shows what a message already told, however often we ask: it adds its highest attempt and no message. */
function attemptsIn(seen: readonly Sighting[]): number {
  const delivered = seen.filter(({ event }) => sources[event.source].authority !== "vouches");
  const highest = seen.reduce((most, { result }) => Math.max(most, result.attempt ?? 0), 1);
  return Math.max(highest, firstOfEachMessage(delivered).length);
}

/** `webhookId` may name a subscription and two messages may share a time: only both together tell messages apart. */
function firstOfEachMessage(seen: readonly Sighting[]): Sighting[] {
  const keyOf = ({ event }: Sighting): string => JSON.stringify([event.webhookId, event.occurredAt]);
  return [...Map.groupBy(seen, keyOf).values()].map(([first]) => first as Sighting);
}

/** A decision that a webhook claims, where Danaya's API, asked next, knows of none and is still at work. Somebody forged it, perhaps. */
function isDenied({ event, names }: StandingReading, since: readonly StandingReading[]): boolean {
  if (sources[event.source].authority !== "decides" || !isDecided(names)) return false;
  const answer = since.find((reading) => reading.event.source === "GET" && reading.names !== null);
  return answer !== undefined && !endsProcessing(answer.names);
}

/** A newer result: an analysis, an end of processing, or word of this very check. IN_PROGRESS is none. */
function settles({ event, names, standing, results }: Settler, retried: string): boolean {
  if (standing !== "counts") return false;
  return event.source === "ANALYSIS" || endsProcessing(names) || results.has(retried);
}
