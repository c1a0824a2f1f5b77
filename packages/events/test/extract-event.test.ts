import { classify, type Message } from "@receiver/contracts";
import { describe, expect, test } from "vitest";
import { extractEvent, registrationEvent } from "../src/extract-event.ts";
import { normaliseVerification } from "../src/normalise-verification.ts";
import { eventsOf } from "./danaya-fixtures.ts";

const noon = Date.parse("2026-10-01T12:00:00Z");

function messageOf(messageType: string, payload: object, timestamp = "2026-10-01T12:00:00Z"): Message {
  const body = { webhookId: "w", companyId: 123, messageType, timestamp, payload };
  const classified = classify(Buffer.from(JSON.stringify(body)));
  if (classified.kind !== "message") throw new Error("not a message");
  return classified.message;
}

const extracted = (message: Message, receivedAt = noon) =>
  extractEvent(message, { eventId: "e", payloadDigest: "p", receivedAt });

describe("an upload's event", () => {
  const upload = messageOf("DOCUMENT_TO_ANALYSE_RECEIVED", {
    id: "u-1",
    externalId: "client:1",
    createdAt: "2026-10-01T11:59:59.900Z",
    additionalData: { name: "KOFFI" },
    documents: [{ id: "d-1", type: "CNI" }],
  });

  test("bears the uuid, and documents of its own space without an expiry", () => {
    expect(extracted(upload)).toEqual({
      eventId: "e",
      source: "UPLOAD",
      companyId: "123",
      webhookId: "w",
      payloadDigest: "p",
      occurredAt: noon,
      fileUuid: "u-1",
      fileNumber: null,
      externalId: "client:1",
      fileCreatedAt: Date.parse("2026-10-01T11:59:59Z"),
      futureDated: false,
      status: null,
      score: null,
      errorCodes: [],
      documents: [{ id: "d-1", space: "upload", type: "CNI", expiry: { day: null, disagree: false } }],
      verifications: [],
      decision: null,
      withdraws: null,
    });
  });
});

describe("an analysis's event", () => {
  const payload = {
    id: 7,
    createdAt: "2026-10-01 11:00:00",
    status: "A_TRAITER",
    clientFileToAnalyzeId: "u-1",
    score: "0,9",
    errors: [{ code: "DUPLICATED_EXTERNAL_IDS", duplicatedExternalIds: ["x"] }],
    documents: [
      {
        id: 70,
        type: "CNI",
        frontUrl: "https://storage.example.invalid/front?signature=secret",
        ocrExtractedData: { last_name: "KOFFI", document_number: "CI1", document_expiry: "20/12/2026", rawData: "{}" },
        verificationResults: [
          { type: "BD_CHECK", status: " retry ", attempt: 2, confidence: 0.5, comparedImageBase64: "aGk=" },
        ],
      },
    ],
  };

  test.each([
    ["ANALYSIS_RESULT", "ANALYSIS"],
    ["RETRY_DOCUMENT_VERIFICATION", "RETRY"],
  ])("of %s bears number, uuid where it is given, expiry and normalised checks", (messageType, source) => {
    expect(extracted(messageOf(messageType, payload))).toMatchObject({
      source,
      fileUuid: "u-1",
      fileNumber: "7",
      fileCreatedAt: Date.parse("2026-10-01T11:00:00Z"),
      status: "A_TRAITER",
      score: "0,9",
      errorCodes: ["DUPLICATED_EXTERNAL_IDS"],
      documents: [{ id: "70", space: "analysis", type: "CNI", expiry: { day: "2026-12-20", disagree: false } }],
      verifications: [
        { documentId: "70", documentType: "CNI", verification: "DB", status: "RETRY", confidence: 0.5, attempt: 2 },
      ],
    });
  });

  test("bears nothing personal: it outlives the erasure of the body", () => {
    const kept = JSON.stringify(extracted(messageOf("ANALYSIS_RESULT", payload)));
    for (const personal of ["KOFFI", "CI1", "secret", "aGk=", "rawData"]) expect(kept).not.toContain(personal);
  });

  test("tells documents without an id apart by type, so that their retries are counted", () => {
    const unnamed = (type?: string) => ({ type, verificationResults: [{ type: "MRZ", status: "RETRY" }] });
    const documents = [unnamed("CNI"), unnamed("PASSEPORT"), unnamed()];
    const event = extracted(messageOf("RETRY_DOCUMENT_VERIFICATION", { id: 7, documents }));
    expect(event.verifications.map(({ documentId }) => documentId)).toEqual([
      "UNKNOWN-CNI",
      "UNKNOWN-PASSEPORT",
      "UNKNOWN",
    ]);
  });
});

test("a status message's event bears number, status and score", () => {
  const event = extracted(messageOf("CLIENT_FILE_STATUS_CHANGED", { id: 7, status: "VALIDER", score: 0.9 }));
  expect(event).toMatchObject({ source: "STATUS", fileNumber: "7", fileUuid: null, status: "VALIDER", score: 0.9 });
  expect(event).toMatchObject({ fileCreatedAt: null, documents: [], verifications: [] });
});

test("a flat message's event counts at its createdAt and bears both ids", () => {
  const [flat] = eventsOf("case-09-legacy");
  expect(flat).toMatchObject({
    source: "FLAT",
    webhookId: null,
    fileUuid: "2330fcf1-562a-44b8-8866-8d77e827062c",
    fileNumber: "45663",
    occurredAt: Date.parse("2026-10-06T10:07:25Z"),
    score: 0,
  });
});

describe("a date in the future", () => {
  const decision = (timestamp: string) =>
    messageOf("CLIENT_FILE_STATUS_CHANGED", { id: 7, status: "VALIDER" }, timestamp);

  test("is one more than ten minutes after receipt: until then it may be the clocks", () => {
    expect(extracted(decision("2026-10-01T12:10:00Z")).futureDated).toBe(false);
    expect(extracted(decision("2026-10-01T12:10:00.001Z")).futureDated).toBe(true);
    expect(extracted(decision("2099-01-01T00:00:00Z")).futureDated).toBe(true);
  });
});

test("a registration's event is the upload's that it stands for: by its uuid, without a number or a webhook", () => {
  const event = registrationEvent({
    eventId: "r",
    companyId: "123",
    fileUuid: "u-1",
    externalId: "client:1",
    occurredAt: noon,
  });
  expect(event).toMatchObject({ source: "REGISTRATION", fileUuid: "u-1", fileNumber: null, webhookId: null });
});

test.each([
  ["FACE_MATCH_CHECK", "FACE_MATCH"],
  ["FACE_MATCH", "FACE_MATCH"],
  ["BD_CHECK", "DB"],
  ["DB_CHECK", "DB"],
  [" mrz_check ", "MRZ"],
  ["HOLOGRAM_CHECK", "HOLOGRAM"],
  ["CHECK_MATE", "CHECK_MATE"],
  ["CONSTRUCTOR", "CONSTRUCTOR"],
  ["_CHECK", "UNKNOWN"],
  ["", "UNKNOWN"],
  [null, "UNKNOWN"],
])("the check %j goes by the name %s", (raw, name) => {
  expect(normaliseVerification(raw)).toBe(name);
});
