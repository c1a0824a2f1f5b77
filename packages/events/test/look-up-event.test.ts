import { readLookUp } from "@receiver/contracts";
import { expect, test } from "vitest";
import { lookUpEvent } from "../src/extract-event.ts";

const asked = {
  eventId: "look-up-1",
  companyId: "123",
  fileUuid: "u-1",
  payloadDigest: "p",
  occurredAt: Date.parse("2026-10-01T12:00:00Z"),
};

function lookedUp(answer: object) {
  const read = readLookUp(Buffer.from(JSON.stringify(answer)));
  if (read.kind !== "file") throw new Error("an answer that can't be read");
  return lookUpEvent(asked, read.file);
}

test("a look-up's event bears the uuid that was asked for and the number that came, at the time of the question, and nothing personal", () => {
  const documents = [
    {
      id: 12,
      type: "CNI",
      contentMap: { document_expiry: "31/12/2030", name: "KOFFI" },
      verifications: [{ type: "BD_CHECK", status: "retry", attempt: 2 }],
    },
  ];
  const event = lookedUp({ id: 456, status: "VALIDER", reasons: ["KOFFI"], documents });
  expect(event).toEqual({
    ...asked,
    source: "GET",
    webhookId: null,
    futureDated: false,
    fileNumber: "456",
    externalId: null,
    fileCreatedAt: null,
    status: "VALIDER",
    score: null,
    errorCodes: [],
    documents: [{ id: "12", space: "analysis", type: "CNI", expiry: { day: "2030-12-31", disagree: false } }],
    verifications: [
      { documentId: "12", documentType: "CNI", verification: "DB", status: "RETRY", confidence: null, attempt: 2 },
    ],
    decision: null,
    withdraws: null,
  });
  expect(JSON.stringify(event)).not.toContain("KOFFI");
});
