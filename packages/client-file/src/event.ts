import type { RawScore } from "@receiver/contracts";
import type { ExpiryReading } from "./expiry.ts";

/** Who says it. REGISTRATION and OPERATOR are said to us; GET is our own question; the others are deliveries. */
export type EventSource = "REGISTRATION" | "UPLOAD" | "RETRY" | "ANALYSIS" | "STATUS" | "FLAT" | "GET" | "OPERATOR";

/** An upload's document ids and an analysis's are two spaces: one string may name two documents. */
export type DocumentSpace = "upload" | "analysis";

export type EventDocument = { id: string; space: DocumentSpace; type: string | null; expiry: ExpiryReading };

/** `verification` and `status` are normalised: `FACE_MATCH`, `RETRY`. `attempt` counts from 1 where it is sent. */
export type EventVerification = {
  documentId: string;
  documentType: string | null;
  verification: string;
  status: string | null;
  confidence: RawScore | null;
  attempt: number | null;
};

/**
 * What a delivery says, without anything personal: it outlives the erasure of the delivery's body.
 * Times are milliseconds since 1970; `fileCreatedAt` is truncated to the second.
 */
export type ClientFileEvent = {
  eventId: string;
  source: EventSource;
  companyId: string;
  webhookId: string | null;
  /** Of the payload alone, so that the same payload at another timestamp is recognised. */
  payloadDigest: string;
  occurredAt: number;
  fileUuid: string | null;
  fileNumber: string | null;
  externalId: string | null;
  fileCreatedAt: number | null;
  /** Dated later than a clock's error explains: it decides nothing. */
  futureDated: boolean;
  status: string | null;
  score: RawScore | null;
  errorCodes: string[];
  documents: EventDocument[];
  verifications: EventVerification[];
};

/** Raised when extraction reads more than before: events of an older version can be read again. */
export const EVENT_VERSION = 1;
