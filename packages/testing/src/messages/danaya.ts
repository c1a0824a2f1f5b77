import type { DeliveryType, MessageType } from "@receiver/contracts";
import { drawUuid, type InventedFile, minutesAfter } from "./invent-file.ts";

/** A body as Danaya sends it, before it is bytes. */
export type Body = Record<string, unknown>;

/** Fields of the body to replace; `undefined` takes one away. Those of `payload` are replaced one by one. */
export type Replacing = Record<string, unknown> & { payload?: Record<string, unknown> };

/** The result that a retry reports, of the file's first document. */
export type RetryReplacing = Replacing & { verificationType?: string; attempt?: number };

/**
 * One builder per delivery type. Without replacements the messages of one file tell of an upload, a second attempt, an
 * analysis and an approval within the hour.
 */
export const danaya = {
  DOCUMENT_TO_ANALYSE_RECEIVED(file: InventedFile, replacing: Replacing = {}): Body {
    const { uuid, externalId, openedAt } = file;
    const documents = file.documents.map(({ uploadId, type }) => ({
      id: uploadId,
      type,
      filesToAnalyse: [{ id: drawUuid(file.seed, `scan of ${uploadId}`), documentName: `${type.toLowerCase()}.jpg` }],
    }));
    const danaDropId = drawUuid(file.seed, "drop");
    const payload = { id: uuid, externalId, createdAt: openedAt, danaDropId, additionalData: {}, documents };
    return envelope(file, "DOCUMENT_TO_ANALYSE_RECEIVED", 0, payload, replacing);
  },

  RETRY_DOCUMENT_VERIFICATION(file: InventedFile, replacing: RetryReplacing = {}): Body {
    const { verificationType = "FACE_MATCH", attempt = 1, ...rest } = replacing;
    const result = { verificationType, status: "RETRY", confidence: 0.72, attempt };
    const documents = file.documents.slice(0, 1).map((document) => ({
      ...{ id: document.number, type: document.type, verificationResults: [result], score: 0.84 },
    }));
    const payload = {
      ...analysed(file),
      status: "IN_PROGRESS",
      documents,
      errors: [],
      score: 0.86,
      externalId: file.externalId,
    };
    return envelope(file, "RETRY_DOCUMENT_VERIFICATION", 10, payload, rest);
  },

  ANALYSIS_RESULT(file: InventedFile, replacing: Replacing = {}): Body {
    const payload = { ...analysed(file), status: "ANALYZED", documents: readDocuments(file), score: 0.94 };
    return envelope(file, "ANALYSIS_RESULT", 20, payload, replacing);
  },

  CLIENT_FILE_STATUS_CHANGED(file: InventedFile, replacing: Replacing = {}): Body {
    const payload = { id: file.number, status: "VALIDER", score: 0.94 };
    return envelope(file, "CLIENT_FILE_STATUS_CHANGED", 45, payload, replacing);
  },

  /** It has no envelope: every field is replaced at the top. */
  FLAT_CLIENT_FILE(file: InventedFile, replacing: Record<string, unknown> = {}): Body {
    return {
      ...analysed(file),
      createdAt: minutesAfter(file, 30).replace("T", " ").replace("Z", ""),
      clientFileToAnalyzeId: file.uuid,
      status: "A_TRAITER",
      additionalData: {},
      externalId: file.externalId,
      errors: [],
      score: 0.94,
      documents: readDocuments(file),
      ...replacing,
    };
  },
} satisfies Record<DeliveryType, unknown>;

/** The bytes that are posted. */
export function bytesOf(body: Body): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/** `webhookId` differs with the time, since one id on two messages of the same payload would tell of a resend. */
function envelope(
  file: InventedFile,
  messageType: MessageType,
  minutes: number,
  payload: Body,
  replacing: Replacing,
): Body {
  const timestamp = replacing.timestamp ?? minutesAfter(file, minutes);
  const webhookId = drawUuid(file.seed, `${messageType} at ${timestamp}`);
  const merged = { ...payload, ...replacing.payload };
  return { webhookId, companyId: file.companyId, messageType, timestamp, ...replacing, payload: merged };
}

function analysed({ number, openedAt, companyId }: InventedFile) {
  return { id: number, createdAt: openedAt, company: { id: companyId, name: "Lagune Microfinance SA" } };
}

function readDocuments(file: InventedFile) {
  return file.documents.map(({ number, type }) => {
    const isRead = type !== "SELFIE";
    return {
      id: number,
      type,
      score: 0.95,
      ...(isRead && { ocrExtractedData: { document_expiry_yyyy_mm_dd: "2034-05-31" } }),
    };
  });
}
