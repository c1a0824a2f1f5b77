import type { RawScore, State } from "@receiver/contracts";
import type { ExpiryReading } from "./expiry.ts";

/**
 * Who says it. GET is our own question. OPERATOR decides on a file, LINK and UNLINK say which ids belong together, ABANDON gives up the
 * retries that are open, WITHDRAWAL takes one of these back. REGISTRATION is said to us by the bank; the others are deliveries.
 */
export type EventSource = "REGISTRATION" | "UPLOAD" | "RETRY" | "ANALYSIS" | "STATUS" | "FLAT" | "GET" | OperatorAct;
export type OperatorAct = "OPERATOR" | "LINK" | "UNLINK" | "ABANDON" | "WITHDRAWAL";

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
  /** What an operator decided. Null of every other source. */
  decision: State | null;
  /** The operator's event that this one takes back. */
  withdraws: string | null;
};

/** Raised when extraction reads more than before: events of an older version can be read again. */
export const EVENT_VERSION = 1;
