import type { Flag } from "@receiver/contracts";
import { type DocumentView, documentFlags } from "./documents.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { RetryCounter } from "./retry-counter.ts";
import { sources } from "./sources.ts";
import type { StandingReading } from "./standing.ts";
import type { Wait } from "./wait.ts";

/**
 * `linksContradicted`: ids of the file are tied to others as well.
 * `stalledByClock`: nothing was heard of it for too long, which counts while it waits for something.
 */
export type FlagFacts = {
  readings: readonly StandingReading[];
  lifecycle: Lifecycle;
  retries: readonly RetryCounter[];
  documents: readonly DocumentView[];
  linksContradicted: boolean;
  stalledByClock: boolean;
  waitsFor: Wait | null;
};

const rules: Record<Flag, (facts: FlagFacts) => boolean> = {
  unconfirmed: ({ lifecycle }) => lifecycle.state !== lifecycle.released.state,
  "unknown-status": ({ readings }) =>
    readings.some(({ statusUnknown, standing }) => statusUnknown && standing !== "future-dated"),
  orphan: ({ readings }) =>
    readings.some(({ event }) => event.fileNumber !== null) &&
    uuidsOf(readings).every((uuid) => isParted(uuid, readings)),
  conflict: ({ lifecycle, linksContradicted }) => lifecycle.conflict || lifecycle.refuted !== null || linksContradicted,
  escalated: ({ retries }) => retries.some(({ escalated }) => escalated),
  stalled: ({ stalledByClock, waitsFor }) => stalledByClock && waitsFor !== null,
  "document-expired": ({ documents }) => documentFlags["document-expired"](documents),
  "document-near-expiry": ({ documents }) => documentFlags["document-near-expiry"](documents),
  reopened: ({ lifecycle }) => lifecycle.reopened,
  "future-dated": ({ readings }) =>
    readings.some((claim) => claim.standing === "future-dated" && !isAnswered(claim, readings)),
};

/** Sorted. */
export function raiseFlags(facts: FlagFacts): Flag[] {
  const raised = Object.entries(rules).filter(([, holds]) => holds(facts));
  return raised.map(([flag]) => flag as Flag).sort();
}

const uuidsOf = (readings: readonly StandingReading[]): string[] =>
  readings.flatMap(({ event }) => event.fileUuid ?? []);

/** Of what an operator said of this uuid and the file's number, the last word counts. */
const isParted = (uuid: string, readings: readonly StandingReading[]): boolean =>
  readings.findLast(({ event }) => event.fileUuid === uuid && (event.source === "LINK" || event.source === "UNLINK"))
    ?.event.source === "UNLINK";

/**
 * A claim is answered by an operator, and by a GET that agrees, that was asked once the claimed time had come, or, where
 * the claim names no state, by any.
 */
function isAnswered(claim: StandingReading, readings: readonly StandingReading[]): boolean {
  return readings.some(({ event, names, standing }) => {
    if (standing !== "counts" || sources[event.source].authority !== "vouches" || names === null) return false;
    if (event.source === "OPERATOR" || claim.names === null) return true;
    return names === claim.names || event.occurredAt >= claim.event.occurredAt;
  });
}
