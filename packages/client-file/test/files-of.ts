import type { ClientFileEvent } from "@receiver/events";
import { type Correlation, correlate, type Evidence, type Node } from "../src/correlate.ts";

/** What the events of one company show, as it would be read from a ledger that keeps them. */
export function evidenceOf(events: readonly ClientFileEvent[]): Evidence {
  const byExternalId = Map.groupBy(
    events.filter((event) => event.externalId !== null),
    (event) => event.externalId as string,
  );
  return {
    apart: partedIn(events),
    strong: events.flatMap(({ source, fileUuid, fileNumber }) =>
      source !== "UNLINK" && fileUuid !== null && fileNumber !== null ? [{ uuid: fileUuid, number: fileNumber }] : [],
    ),
    weak: [...byExternalId].map(([externalId, bearers]) => ({
      externalId,
      uuids: distinct(bearers.map((event) => event.fileUuid)),
      numbers: distinct(bearers.map((event) => event.fileNumber)),
      createdAts: distinct(bearers.map((event) => event.fileCreatedAt)),
    })),
  };
}

/** An operator's latest word on two ids counts. */
function partedIn(events: readonly ClientFileEvent[]): Evidence["apart"] {
  const acts = events.filter(({ source }) => source === "LINK" || source === "UNLINK");
  const inOrder = acts.sort((a, b) => a.occurredAt - b.occurredAt || (a.eventId < b.eventId ? -1 : 1));
  const latest = new Map(inOrder.map((act) => [JSON.stringify([act.fileUuid, act.fileNumber]), act]));
  return [...latest.values()].flatMap(({ source, fileUuid, fileNumber }) =>
    source === "UNLINK" ? [{ uuid: fileUuid as string, number: fileNumber as string }] : [],
  );
}

const distinct = <T>(values: (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))];

/** The events of each file, parted by the links between their ids. */
export function filesOf(events: readonly ClientFileEvent[]): ClientFileEvent[][] {
  const correlation = correlate(evidenceOf(events));
  return [...Map.groupBy(events, (event) => fileKey(event, correlation)).values()];
}

/** A file with a number goes by it; an event that bears both ids belongs with its number. */
function fileKey({ fileUuid, fileNumber }: ClientFileEvent, { partnerOf }: Correlation): string {
  const number = fileNumber ?? partnerOf({ space: "uuid", id: fileUuid as string });
  return JSON.stringify(number === null ? ["uuid", fileUuid] : ["number", number]);
}

/** Every node that the events bear, and what it is linked to: comparable, whatever the order of the events. */
export function linksOf(events: readonly ClientFileEvent[]): Record<string, string | null> {
  const correlation = correlate(evidenceOf(events));
  const entries = nodesOf(events).map((node) => [`${node.space} ${node.id}`, correlation.partnerOf(node)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function nodesOf(events: readonly ClientFileEvent[]): Node[] {
  return [
    ...distinct(events.map((event) => event.fileUuid)).map((id): Node => ({ space: "uuid", id })),
    ...distinct(events.map((event) => event.fileNumber)).map((id): Node => ({ space: "number", id })),
  ];
}
