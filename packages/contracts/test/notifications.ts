import type { ClientFileData, NotificationBody, NotificationType, VerificationData } from "../src/index.ts";

const file: ClientFileData = {
  clientFileId: "cf-1",
  companyId: "123",
  fileUuid: "550e8400-e29b-41d4-a716-446655440000",
  fileNumber: null,
  externalId: "EXT-FILE-2025-001234",
  kind: "KYC",
  state: "APPROVED",
  previousState: "AWAITING_DECISION",
  version: 4,
  flags: ["reopened", "escalated"],
  score: "94,5",
  confirmed: false,
  processingEnded: true,
  aliases: ["cf-2"],
  cause: "1f0c",
};

const retry: VerificationData["retries"][number] = {
  documentId: "1001",
  documentType: "CNI",
  verification: "FACE_MATCH",
  attempts: 3,
  status: "open",
  ask: "new-selfie",
};

const expiry = { documentId: "1001", type: "PASSEPORT", expiresOn: "2026-12-20", daysLeft: -1, threshold: 0 };

const quarantined = {
  deliveryId: "1f0c",
  companyId: null,
  messageType: null,
  problems: [{ path: "messageType", message: "must be one of …" }],
};

/** A complete notification of this type, as it goes out. */
export function notificationOf(type: NotificationType): NotificationBody {
  const timestamp = "2025-10-17T12:15:00Z";
  switch (type) {
    case "verification.retry_requested":
    case "verification.escalated":
      return { type, timestamp, data: { ...file, retries: [retry] } };
    case "document.expiring":
    case "document.expired":
      return { type, timestamp, data: { ...file, documents: [expiry] } };
    case "delivery.quarantined":
      return { type, timestamp, data: quarantined };
    default:
      return { type, timestamp, data: file };
  }
}
