import { describe, expect, test } from "vitest";
import { classify, type Message } from "../src/index.ts";
import { bodyOf, bytesOf, messageOf, namesOf, readAs } from "./bodies.ts";

// Type, file, time, status, externalId, documents, score. "-" stands for null or a field the type doesn't have.
const expected: Record<string, string> = {
  "case-01-analysis-result-01": "ANALYSIS_RESULT 45607 2026-10-01T08:31:12Z ANALYZED - 1 0.96",
  "case-01-client-file-status-changed-01": "CLIENT_FILE_STATUS_CHANGED 45607 2026-10-01T09:02:00Z VALIDER - - 0.96",
  "case-01-client-file-status-changed-11": "CLIENT_FILE_STATUS_CHANGED 45607 2026-11-02T10:00:00Z REJETER - - 0.2",
  "case-01-document-to-analyse-received-01":
    "DOCUMENT_TO_ANALYSE_RECEIVED 3ceaaf30-8142-48ea-91d9-3080f9b439fc 2026-10-01T08:30:00Z - EXT-FILE-2026-000101 1 -",
  "case-02-analysis-result-02": "ANALYSIS_RESULT 45614 2026-10-02T12:40:00Z ANALYZED EXT-FILE-2026-000102 2 0.89",
  "case-02-client-file-status-changed-02": "CLIENT_FILE_STATUS_CHANGED 45614 2026-10-02T13:10:00Z VALIDER - - 0.89",
  "case-02-document-to-analyse-received-02":
    "DOCUMENT_TO_ANALYSE_RECEIVED 9dfb369b-ab13-4fae-a276-55daa05f1119 2026-10-02T10:04:11Z - EXT-FILE-2026-000102 2 -",
  "case-02-retry-document-verification-01":
    "RETRY_DOCUMENT_VERIFICATION 45614 2026-10-02T10:06:00Z IN_PROGRESS EXT-FILE-2026-000102 1 0.81",
  "case-02-retry-document-verification-02":
    "RETRY_DOCUMENT_VERIFICATION 45614 2026-10-02T10:40:00Z IN_PROGRESS EXT-FILE-2026-000102 1 0.86",
  "case-02-retry-document-verification-03":
    "RETRY_DOCUMENT_VERIFICATION 45614 2026-10-02T11:30:00Z IN_PROGRESS EXT-FILE-2026-000102 1 0.86",
  "case-03-analysis-result-03": "ANALYSIS_RESULT 45621 2026-10-03T07:16:40Z ANALYZED client:8841 2 0.93",
  "case-03-client-file-status-changed-03": "CLIENT_FILE_STATUS_CHANGED 45621 2026-10-03T08:00:00Z VALIDER - - 0.93",
  "case-03-document-to-analyse-received-03":
    "DOCUMENT_TO_ANALYSE_RECEIVED 6301bbfc-a0c5-454e-8ff9-bb510944fe0c 2026-10-03T07:15:09Z - client:8841 2 -",
  "case-03-retry-document-verification-04":
    "RETRY_DOCUMENT_VERIFICATION 45621 2026-10-03T07:15:50Z IN_PROGRESS client:8841 1 -",
  "case-05-analysis-result-05": "ANALYSIS_RESULT 45635 2026-10-06T14:24:45Z ANALYZED KYB-2026-0031 4 0.91",
  "case-05-client-file-status-changed-05": "CLIENT_FILE_STATUS_CHANGED 45635 2026-10-06T18:00:00Z REJETER - - 0.91",
  "case-05-document-to-analyse-received-05":
    "DOCUMENT_TO_ANALYSE_RECEIVED 3a124c64-7e02-4f05-b7c1-dce27f7695f5 2026-10-06T14:20:00Z - KYB-2026-0031 4 -",
  "case-05-retry-document-verification-06":
    "RETRY_DOCUMENT_VERIFICATION 45635 2026-10-06T14:22:00Z IN_PROGRESS KYB-2026-0031 2 0.6",
  "case-05-retry-document-verification-07":
    "RETRY_DOCUMENT_VERIFICATION 45635 2026-10-06T14:23:00Z IN_PROGRESS KYB-2026-0031 1 -",
  "case-06-analysis-result-06": "ANALYSIS_RESULT 45642 2026-10-07T11:01:10Z A_TRAITER EXT-FILE-2026-000106 1 0.41",
  "case-06-client-file-status-changed-06": "CLIENT_FILE_STATUS_CHANGED 45642 2026-10-07T12:30:00Z REJETE - - 0.41",
  "case-06-document-to-analyse-received-06":
    "DOCUMENT_TO_ANALYSE_RECEIVED 66080f17-4c96-48e2-9cbd-0ba3a1a6bcde 2026-10-07T11:00:00Z - EXT-FILE-2026-000106 1 -",
  "case-06-retry-document-verification-08":
    "RETRY_DOCUMENT_VERIFICATION 45642 2026-10-07T11:00:40Z IN_PROGRESS EXT-FILE-2026-000106 1 0.41",
  "case-09-analysis-result-09": "ANALYSIS_RESULT 45663 2026-10-10T09:02:00Z ANALYZED EXT-FILE-2026-000109 1 0.9",
  "case-09-client-file-status-changed-09": "CLIENT_FILE_STATUS_CHANGED 45663 2026-10-10T10:00:00Z VALIDER - - 0.9",
  "case-09-client-file-status-changed-10": "CLIENT_FILE_STATUS_CHANGED 45663 2026-10-10T10:00:00Z VALIDER - - 0.9",
  "case-09-document-to-analyse-received-09":
    "DOCUMENT_TO_ANALYSE_RECEIVED 2330fcf1-562a-44b8-8866-8d77e827062c 2026-10-10T09:00:00Z - EXT-FILE-2026-000109 1 -",
  "case-09-legacy-flat-02": "FLAT_CLIENT_FILE 45663 2026-10-06T10:07:25Z A_TRAITER EXT-FILE-2026-000109 1 0",
  "case-09-retry-document-verification-10":
    "RETRY_DOCUMENT_VERIFICATION 45663 2026-10-10T09:01:00Z IN_PROGRESS EXT-FILE-2026-000109 1 0.8",
  "documented-analysis-result": "ANALYSIS_RESULT 456 2025-10-17T11:45:00Z ANALYZED - 1 0.94",
  "documented-client-file-status-changed": "CLIENT_FILE_STATUS_CHANGED 456 2025-10-17T12:15:00Z VALIDER - - 0.94",
  "documented-document-to-analyse-received":
    "DOCUMENT_TO_ANALYSE_RECEIVED 550e8400-e29b-41d4-a716-446655440000 2025-10-17T10:30:00Z - EXT-FILE-2025-001234 1 -",
  "documented-retry-document-verification":
    "RETRY_DOCUMENT_VERIFICATION 456 2025-10-17T11:45:00Z IN_PROGRESS EXT-CLIENT-789 1 0.86",
};

function factsOf({ type, occurredAt, payload }: Message): string {
  const time = new Date(occurredAt).toISOString().replace(".000Z", "Z");
  const status = "status" in payload ? payload.status : null;
  const documents = "documents" in payload ? payload.documents.length : null;
  const score = "score" in payload ? payload.score : null;
  return [type, payload.id, time, status ?? "-", payload.externalId ?? "-", documents ?? "-", score ?? "-"].join(" ");
}

describe("every message of the provider's is read", () => {
  test("no fixture is left out of the table below", () => {
    expect(Object.keys(expected)).toEqual(namesOf("danaya").sort());
  });

  test.each(Object.entries(expected))("%s", (name, facts) => {
    const message = messageOf(classify(bytesOf(`danaya/${name}`)));
    expect(factsOf(message)).toBe(facts);
    expect(message.companyId).toBe("123");
    expect(message.webhookId).toBe(bodyOf(`danaya/${name}`).webhookId ?? null);
  });
});

describe("a message bears what its contract names and nothing else", () => {
  test("an upload keeps its documents, whose ids need not be hexadecimal, and leaves out the free object", () => {
    expect(messageOf(classify(bytesOf("danaya/documented-document-to-analyse-received")))).toEqual({
      type: "DOCUMENT_TO_ANALYSE_RECEIVED",
      companyId: "123",
      webhookId: "webhook-uuid-789",
      occurredAt: Date.UTC(2025, 9, 17, 10, 30),
      payload: {
        id: "550e8400-e29b-41d4-a716-446655440000",
        externalId: "EXT-FILE-2025-001234",
        createdAt: Date.UTC(2025, 9, 17, 10, 30),
        danaDropId: "9b2e8450-a12c-41d4-b716-556677889900",
        documents: [{ id: "a1b2c3d4-e5f6-4a5b-8c9d-0e1f2a3b4c5d", type: "CNI" }],
      },
    });
  });

  test("an analysis keeps its documents with their OCR data, in which expiry dates are looked for later", () => {
    expect(messageOf(classify(bytesOf("danaya/documented-analysis-result")))).toEqual({
      type: "ANALYSIS_RESULT",
      companyId: "123",
      webhookId: "webhook-uuid-123",
      occurredAt: Date.UTC(2025, 9, 17, 11, 45),
      payload: {
        id: "456",
        createdAt: Date.UTC(2025, 9, 17, 10, 30),
        status: "ANALYZED",
        externalId: null,
        clientFileToAnalyzeId: null,
        score: 0.94,
        documents: [
          {
            id: "1001",
            type: "CNI",
            score: 0.95,
            ocrExtractedData: { documentNumber: "CI123456789", firstName: "Jean", lastName: "Dupont" },
            verificationResults: [],
          },
        ],
        errors: [],
      },
    });
  });

  test("a change of status has a status, a score and no documents", () => {
    expect(messageOf(classify(bytesOf("danaya/documented-client-file-status-changed")))).toEqual({
      type: "CLIENT_FILE_STATUS_CHANGED",
      companyId: "123",
      webhookId: "webhook-uuid-456",
      occurredAt: Date.UTC(2025, 9, 17, 12, 15),
      payload: { id: "456", status: "VALIDER", score: 0.94, externalId: null, clientFileToAnalyzeId: null },
    });
  });

  test("a retry keeps each result with its attempt, because attempts are counted", () => {
    const { payload } = readAs("RETRY_DOCUMENT_VERIFICATION", bodyOf("danaya/documented-retry-document-verification"));
    expect(payload.documents).toEqual([
      {
        id: "1001",
        type: "CNI",
        score: 0.84,
        ocrExtractedData: null,
        verificationResults: [{ verificationType: "FACE_MATCH", status: "RETRY", confidence: 0.72, attempt: 2 }],
      },
    ]);
  });

  test("the flat form bears both ids, takes its account from company.id and its time from createdAt", () => {
    const message = readAs("FLAT_CLIENT_FILE", bodyOf("danaya/case-09-legacy-flat-02"));
    expect(message).toMatchObject({ companyId: "123", webhookId: null, occurredAt: Date.UTC(2026, 9, 6, 10, 7, 25) });
    expect(message.payload).toMatchObject({
      id: "45663",
      clientFileToAnalyzeId: "2330fcf1-562a-44b8-8866-8d77e827062c",
      createdAt: Date.UTC(2026, 9, 6, 10, 7, 25),
      errors: [{ code: "DUPLICATED_EXTERNAL_IDS" }],
      score: 0,
    });
  });

  test("a verification's type is read from `type` where `verificationType` is missing, as in case 3", () => {
    const { payload } = readAs("ANALYSIS_RESULT", bodyOf("danaya/case-03-analysis-result-03"));
    expect(payload.clientFileToAnalyzeId).toBe("6301bbfc-a0c5-454e-8ff9-bb510944fe0c");
    expect(payload.documents.flatMap((document) => document.verificationResults)).toEqual([
      { verificationType: "MRZ_CHECK", status: "EXECUTED", confidence: null, attempt: null },
      { verificationType: "EXPIRATION_CHECK", status: "EXECUTED", confidence: null, attempt: null },
    ]);
  });
});
