import { type ClientFileView, correlate, defaultStatusMap, fold } from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { type ClientFileEvent, dayInAbidjan, extractEvent } from "@receiver/events";
import type { Webhook } from "@receiver/simulation";

/** What the pure rules make of the webhooks that arrived, by the file's number, or by its uuid where it has none. */
export function foldArrived(webhooks: readonly Webhook[], today: Date): Map<string, ClientFileView> {
  const events = webhooks.filter(({ dropped, duplicateOf }) => !dropped && duplicateOf === null).map(eventOf);
  const { partnerOf } = correlate(evidenceOf(events));
  const keyOf = ({ fileUuid, fileNumber }: ClientFileEvent): string =>
    fileNumber ?? partnerOf({ space: "uuid", id: fileUuid as string }) ?? (fileUuid as string);
  const context = {
    statusMap: defaultStatusMap,
    confirm: "never",
    today: dayInAbidjan(today.getTime()),
    linksContradicted: false,
    escalatedByClock: false,
    stalledByClock: false,
    carried: [], // no state rests on a count
  } as const;
  return new Map([...Map.groupBy(events, keyOf)].map(([key, own]) => [key, fold(own, context)]));
}

function eventOf({ name, body, sendAt }: Webhook): ClientFileEvent {
  const found = classify(body);
  if (found.kind !== "message") throw new Error("a world sends messages only");
  return extractEvent(found.message, { eventId: name, payloadDigest: name, receivedAt: sendAt });
}

const distinct = <T>(values: (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))];

function evidenceOf(events: readonly ClientFileEvent[]) {
  const byExternalId = Map.groupBy(
    events.filter(({ externalId }) => externalId !== null),
    ({ externalId }) => externalId as string,
  );
  return {
    apart: [],
    strong: events.flatMap(({ fileUuid, fileNumber }) =>
      fileUuid !== null && fileNumber !== null ? [{ uuid: fileUuid, number: fileNumber }] : [],
    ),
    weak: [...byExternalId].map(([externalId, bearers]) => ({
      externalId,
      uuids: distinct(bearers.map(({ fileUuid }) => fileUuid)),
      numbers: distinct(bearers.map(({ fileNumber }) => fileNumber)),
      createdAts: distinct(bearers.map(({ fileCreatedAt }) => fileCreatedAt)),
    })),
  };
}
