import { type ClientFileEvent, truncateToSecond } from "@receiver/events";
import type { Reading } from "./reading.ts";
import { sources } from "./sources.ts";
import { isDecided } from "./states.ts";

/**
 * Whether an event may move its file.
 * `future-dated`: no. `contradicted`: no, a delivery of the same second names the opposite decision. `resent`: no, the
 * same payload stands at an earlier time, and nobody can tell a resend from a return. `counts`: yes.
 */
export type Standing = "counts" | "future-dated" | "contradicted" | "resent";

export type StandingReading = Reading & { standing: Standing };

/** @param readings in fold order */
export function withStandings(readings: readonly Reading[]): StandingReading[] {
  const isContradicted = contradictionsIn(readings);
  const isResent = resendsIn(readings);
  const standingOf = (reading: Reading): Standing => {
    if (reading.event.futureDated) return "future-dated";
    if (isContradicted(reading)) return "contradicted";
    return isResent(reading) ? "resent" : "counts";
  };
  return readings.map((reading) => ({ ...reading, standing: standingOf(reading) }));
}

function contradictionsIn(readings: readonly Reading[]): (reading: Reading) => boolean {
  const decisions = Map.groupBy(readings.filter(isDecision), secondOf);
  const contradictory = new Set([...decisions].filter(([, said]) => isDivided(said)).map(([second]) => second));
  return (reading) => isDecision(reading) && contradictory.has(secondOf(reading));
}

const isDivided = (decisions: readonly Reading[]): boolean => new Set(decisions.map(({ names }) => names)).size > 1;

const secondOf = ({ event }: Reading): number => truncateToSecond(event.occurredAt);

const isDecision = ({ event, names }: Reading): boolean =>
  !event.futureDated && sources[event.source].authority === "decides" && isDecided(names);

function resendsIn(readings: readonly Reading[]): (reading: Reading) => boolean {
  const firstSaid = new Map<string, number>();
  for (const { event } of readings) {
    const key = sayingKey(event);
    if (!event.futureDated && !firstSaid.has(key)) firstSaid.set(key, event.occurredAt);
  }
  return ({ event }) => event.webhookId !== null && firstSaid.get(sayingKey(event)) !== event.occurredAt;
}

const sayingKey = ({ companyId, source, webhookId, payloadDigest }: ClientFileEvent): string =>
  JSON.stringify([companyId, source, webhookId, payloadDigest]);
