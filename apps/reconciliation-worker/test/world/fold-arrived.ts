import { type ClientFileView, correlate, defaultStatusMap, fold } from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { type ClientFileEvent, dayInAbidjan, extractEvent } from "@receiver/events";
import type { Webhook } from "@receiver/simulation";
import { evidenceOf } from "../../../../packages/client-file/test/files-of.ts";

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
    escalatedByClock: [],
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
