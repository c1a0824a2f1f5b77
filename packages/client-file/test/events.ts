import type { ClientFileEvent } from "@receiver/events";
import { type ClientFileView, type FoldContext, fold } from "../src/fold.ts";
import { defaultStatusMap } from "../src/status-map.ts";

export const context: FoldContext = {
  statusMap: defaultStatusMap,
  confirm: "never",
  today: "2026-11-22",
  linksContradicted: false,
  escalatedByClock: [],
  stalledByClock: false,
  carried: [],
};

const midnight = Date.parse("2026-10-01T00:00:00Z");

/** Milliseconds of a time of the day on which the stories happen. */
export const at = (time: string): number => Date.parse(`2026-10-01T${time}Z`);

let made = 0;

/** An event that says nothing but what is given. Each has its own id, webhookId and payload. */
export function event(said: Partial<ClientFileEvent> & Pick<ClientFileEvent, "source">): ClientFileEvent {
  made += 1;
  const eventId = `event-${String(made).padStart(4, "0")}`;
  return {
    eventId,
    companyId: "123",
    webhookId: `webhook-of-${eventId}`,
    payloadDigest: `payload-of-${eventId}`,
    occurredAt: midnight + made * 60_000,
    fileUuid: null,
    fileNumber: said.source === "UPLOAD" || said.source === "REGISTRATION" ? null : "456",
    externalId: null,
    fileCreatedAt: null,
    futureDated: false,
    status: null,
    score: null,
    errorCodes: [],
    documents: [],
    verifications: [],
    decision: null,
    withdraws: null,
    ...said,
  };
}

/** The source says it of the file; later calls happen later unless they say when. */
export const says = (
  source: ClientFileEvent["source"],
  status: string | null,
  said: Partial<ClientFileEvent> = {},
): ClientFileEvent => event({ source, status, ...said });

type Verification = ClientFileEvent["verifications"][number];

export const result = (said: Partial<Verification> = {}): Verification => ({
  documentId: "1001",
  documentType: "CNI",
  verification: "FACE_MATCH",
  status: "RETRY",
  confidence: null,
  attempt: null,
  ...said,
});

export const retry = (said: Partial<Verification> = {}, of: Partial<ClientFileEvent> = {}): ClientFileEvent =>
  says("RETRY", "IN_PROGRESS", { verifications: [result(said)], ...of });

export const viewOf = (events: readonly ClientFileEvent[], differing: Partial<FoldContext> = {}): ClientFileView =>
  fold(events, { ...context, ...differing });

export const pathOf = (events: readonly ClientFileEvent[]): string[] => viewOf(events).path.map(({ to }) => to);
