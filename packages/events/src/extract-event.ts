import type {
  AnalysedDocument,
  DeliveryType,
  DocumentToAnalyseReceived,
  LookedUpFile,
  Message,
} from "@receiver/contracts";
import { datedOf } from "./dated.ts";
import type { ClientFileEvent, DocumentSpace, EventSource, EventVerification } from "./event.ts";
import { noExpiry, readExpiry } from "./expiry.ts";
import { normaliseVerification } from "./normalise-verification.ts";
import { truncateToSecond } from "./truncate-to-second.ts";

const sourceOf = {
  DOCUMENT_TO_ANALYSE_RECEIVED: "UPLOAD",
  RETRY_DOCUMENT_VERIFICATION: "RETRY",
  ANALYSIS_RESULT: "ANALYSIS",
  CLIENT_FILE_STATUS_CHANGED: "STATUS",
  FLAT_CLIENT_FILE: "FLAT",
} as const satisfies Record<DeliveryType, EventSource>;

/** `receivedAt` is when the delivery was first received, in milliseconds since 1970. */
export type ExtractionContext = { eventId: string; payloadDigest: string; receivedAt: number };

/** Reads the facts of a delivery that are not personal. */
export function extractEvent(message: Message, context: ExtractionContext): ClientFileEvent {
  return {
    eventId: context.eventId,
    source: sourceOf[message.type],
    companyId: message.companyId,
    webhookId: message.webhookId,
    payloadDigest: context.payloadDigest,
    occurredAt: message.occurredAt,
    futureDated: datedOf(message.occurredAt, context.receivedAt) === "future",
    ...nobodysAct,
    ...factsOf(message),
  };
}

/** An upload that the customer told us of: as the upload's own message would, it opens a file and moves none. */
export function registrationEvent(
  registration: Pick<ClientFileEvent, "eventId" | "companyId" | "fileUuid" | "externalId" | "occurredAt">,
): ClientFileEvent {
  return {
    ...registration,
    ...nothingAnalysed,
    ...nobodysAct,
    source: "REGISTRATION",
    webhookId: null,
    payloadDigest: registration.eventId,
    fileNumber: null,
    fileCreatedAt: null,
    futureDated: false,
    documents: [],
  };
}

/**
 * What Danaya's API says of a file that it was asked about by its uuid. Its number comes with the answer: the two are tied
 * as strongly as where one message bears both. `occurredAt` is when it was asked, by our clock, which is never in the future.
 */
export function lookUpEvent(
  asked: Pick<ClientFileEvent, "eventId" | "companyId" | "payloadDigest" | "occurredAt"> & { fileUuid: string },
  { id, status, documents }: LookedUpFile,
): ClientFileEvent {
  const { fileUuid, ...head } = asked;
  const said = { id, status, documents, clientFileToAnalyzeId: fileUuid };
  return {
    ...head,
    ...nobodysAct,
    source: "GET",
    webhookId: null,
    futureDated: false,
    ...analysisFacts({ ...said, externalId: null, createdAt: null, score: null, errors: [] }),
  };
}

type Facts = Omit<
  ClientFileEvent,
  | "eventId"
  | "source"
  | "companyId"
  | "webhookId"
  | "payloadDigest"
  | "occurredAt"
  | "futureDated"
  | keyof typeof nobodysAct
>;

const nothingAnalysed = { status: null, score: null, errorCodes: [], verifications: [] };
const nobodysAct = { decision: null, withdraws: null };

function factsOf(message: Message): Facts {
  switch (message.type) {
    case "DOCUMENT_TO_ANALYSE_RECEIVED":
      return uploadFacts(message.payload);
    case "CLIENT_FILE_STATUS_CHANGED":
      return analysisFacts({ ...message.payload, createdAt: null, documents: [], errors: [] });
    case "RETRY_DOCUMENT_VERIFICATION":
    case "ANALYSIS_RESULT":
    case "FLAT_CLIENT_FILE":
      return analysisFacts(message.payload);
  }
}

function uploadFacts(payload: DocumentToAnalyseReceived["payload"]): Facts {
  return {
    ...nothingAnalysed,
    fileUuid: payload.id,
    fileNumber: null,
    externalId: payload.externalId,
    fileCreatedAt: truncateToSecond(payload.createdAt),
    documents: payload.documents.map((document) => ({ ...named(document, "upload"), expiry: noExpiry })),
  };
}

type AnalysisPayload = Extract<Message, { type: "ANALYSIS_RESULT" }>["payload"];

function analysisFacts(payload: AnalysisPayload): Facts {
  return {
    fileUuid: payload.clientFileToAnalyzeId,
    fileNumber: payload.id,
    externalId: payload.externalId,
    fileCreatedAt: truncateToSecond(payload.createdAt),
    status: payload.status,
    score: payload.score,
    errorCodes: payload.errors.map((error) => error.code),
    documents: payload.documents.map((document) => ({
      ...named(document, "analysis"),
      expiry: readExpiry(document.ocrExtractedData ?? {}),
    })),
    verifications: payload.documents.flatMap(verificationsOf),
  };
}

function verificationsOf(document: AnalysedDocument): EventVerification[] {
  return document.verificationResults.map((result) => ({
    documentId: documentIdOf(document),
    documentType: document.type,
    verification: normaliseVerification(result.verificationType),
    status: result.status?.trim().toUpperCase() ?? null,
    confidence: result.confidence,
    attempt: result.attempt,
  }));
}

type NamedDocument = { id: string | null; type: string | null };

const named = (document: NamedDocument, space: DocumentSpace) => ({
  id: documentIdOf(document),
  space,
  type: document.type,
});

/** A retry of a document without an id must still be counted: such documents are told apart by type. */
export function documentIdOf({ id, type }: NamedDocument): string {
  if (id !== null) return id;
  return type === null ? "UNKNOWN" : `UNKNOWN-${type}`;
}
